// Those who stand together: a ground under each community, and from far away its name, which leads into it.

const FAR = 0.34;
const COMMON = 4;
const CROWD = 400;

// From so far that names of single nodes would say little.
const farAway = () => !state.focus && !state.path && sight.nodes.size > CROWD && stage.scale() < FAR;

let standing = [];
let standingOf = null;
function communities() {
  if (standingOf === sight) return standing;
  standingOf = sight;
  if (state.focus || state.path) return (standing = []);
  const told = new Map((book.communities?.[state.level] ?? []).map((each) => [each.number, each]));
  const groups = new Map();
  for (const [id, place] of sight.nodes) {
    const number = place?.community ?? 0;
    if (!groups.has(number)) groups.set(number, []);
    groups.get(number).push(id);
  }
  standing = [...groups].filter(([, ids]) => ids.length >= COMMON).map(([number, ids]) => standingAt(number, ids, told.get(number)));
  return standing.sort((a, b) => b.ids.length - a.ids.length || a.number - b.number);
}

function standingAt(number, ids, told) {
  const points = ids.map((id) => sight.nodes.get(id));
  const outline = hull(points);
  const [left, right] = [Math.min(...outline.map((p) => p.x)), Math.max(...outline.map((p) => p.x))];
  const [top, bottom] = [Math.min(...outline.map((p) => p.y)), Math.max(...outline.map((p) => p.y))];
  const first = (told?.first ?? ids).filter((id) => sight.nodes.has(id)).sort((a, b) => weightOf(b) - weightOf(a) || (a < b ? -1 : 1));
  return { number, ids, outline, first, left, right, top, bottom, x: (left + right) / 2, y: (top + bottom) / 2 };
}

const communityName = ({ first }) => first.slice(0, 3).map((id) => broken(nameOf(id), 22, 1)[0]).join(", ");

function paintGrounds(context) {
  const margin = Math.max(26 * stage.scale(), 9);
  context.lineJoin = "round";
  for (const { outline } of communities()) {
    context.beginPath();
    outline.forEach((point, n) => {
      const { x, y } = stage.project(point);
      if (n) context.lineTo(x, y);
      else context.moveTo(x, y);
    });
    context.closePath();
    context.lineWidth = 2 * margin + 1.5;
    context.strokeStyle = colour("rim");
    context.stroke();
    context.lineWidth = 2 * margin;
    context.strokeStyle = context.fillStyle = colour("hull");
    context.stroke();
    context.fill();
  }
}

// A community's name stands over or under it where that is no other's ground, else in its middle.
function paintCommunities(context, taken, view) {
  const scale = stage.scale();
  const others = communities().map((of) => ({ of, ...sidesOnScreen(of) }));
  for (const each of communities()) {
    const { x, y } = stage.project(each);
    const [wide, high] = [(each.right - each.left) * scale, (each.bottom - each.top) * scale];
    const size = wide > 130 ? 14 : 12.5;
    const rows = each.first.slice(0, wide > 170 ? 3 : wide > 90 ? 2 : 1).map((id) => broken(nameOf(id), 24, 1)[0]);
    const count = each.ids.length.toLocaleString("en-GB");
    context.font = `700 ${size}px ${FACE}`;
    const width = Math.max(...rows.map((row) => widthOf(context, row))) + 8;
    const height = size * 1.2 * rows.length + 15;
    const area = [y - high / 2 - height / 2 - 4, y + high / 2 + height / 2 + 4, y]
      .map((middle) => ({ left: x - width / 2, right: x + width / 2, top: middle - height / 2, bottom: middle + height / 2, community: each }))
      .filter((spot) => spot.left > view.left && spot.right < view.right && spot.top > view.top && spot.bottom < view.bottom && !taken.clash(spot))
      .find((spot, n, all) => n === all.length - 1 || !others.some((other) => other.of !== each && spot.left < other.right && spot.right > other.left && spot.top < other.bottom && spot.bottom > other.top));
    if (!area) continue;
    taken.add(area);
    painted.push(area);
    const middle = (area.top + area.bottom) / 2;
    paintRows(context, rows, { x, y: middle - 7.5 }, size, colour("text"));
    context.font = `400 11px ${FACE}`;
    paintRows(context, [count], { x, y: area.bottom - 7.5 }, 11, colour("soft"));
  }
}

function sidesOnScreen({ left, right, top, bottom }) {
  const [from, to] = [stage.project({ x: left, y: top }), stage.project({ x: right, y: bottom })];
  return { left: from.x, right: to.x, top: from.y, bottom: to.y };
}

const communityAt = (point) => {
  const at = stage.unproject(point);
  return communities().find((each) => at.x >= each.left && at.x <= each.right && at.y >= each.top && at.y <= each.bottom && inside(each.outline, at));
};

function inside(outline, { x, y }) {
  let odd = false;
  outline.forEach((a, n) => {
    const b = outline[(n + outline.length - 1) % outline.length];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
  });
  return odd;
}

function enter(community) {
  stage.fit(community);
  tell(`${communityName(community)}: ${plural(community.ids.length, "name")}`);
}

// The way into a community without a pointer.
function communityMenu() {
  const found = sight.nodes.size > CROWD ? communities() : [];
  if (found.length < 2) return null;
  return el("label", {}, "Go to ", el("select", { id: "communities", onchange: (e) => { if (e.target.value) enter(found[Number(e.target.value)]); else fit(); } },
    el("option", { value: "" }, "the whole"), found.map((each, n) => el("option", { value: String(n) }, `${communityName(each)} (${each.ids.length.toLocaleString("en-GB")})`))));
}

function hull(points) {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const cross = (o, a, b) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
  const half = (list) => {
    const out = [];
    for (const p of list) {
      while (out.length > 1 && cross(out[out.length - 2], out[out.length - 1], p) <= 0) out.pop();
      out.push(p);
    }
    return out.slice(0, -1);
  };
  return sorted.length < 3 ? sorted : [...half(sorted), ...half([...sorted].reverse())];
}
