// Names and marks, painted over either drawing: the most important first, so that none lies on another at any distance.
// Everything here is in pixels of the screen.

const FONT = 12.5;
const COUNT_FROM = 2;
const FIRM = 14;
const MOST_NAMES = 220;
const MOST_TRIED = 1600;
const NEARBY = 0.5;
const FACE = 'system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';
let painted = [];

const within = (box, { x, y }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

function paintNames(context) {
  const { width, height } = stage.size();
  const near = nearby();
  const far = !near && farAway();
  const view = { left: 4, right: width - 4, top: 4, bottom: height - 4 };
  const taken = new Taken();
  const seen = [];
  for (const id of namesInOrder(near)) {
    const spot = stage.spot(id);
    if (!spot || spot.x < -60 || spot.x > width + 60 || spot.y < -20 || spot.y > height + 20) continue;
    seen.push({ id, ...spot });
    if (seen.length === MOST_TRIED) break;
  }
  painted = [];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  if (far) paintCommunities(context, taken, view);
  for (const { id, x, y, r } of seen) if (!near || near.nodes.has(id)) taken.add({ left: x - r, right: x + r, top: y - r, bottom: y + r, of: id });
  seen.every((spot, n) => {
    const whole = spot.id === state.chosen || spot.id === hovered;
    if (!whole && ((near && !near.nodes.has(spot.id)) || (far && spot.r < 4))) return true;
    paintName(context, spot, { taken, view, firm: n < FIRM && !far, whole });
    return painted.length < MOST_NAMES;
  });
  paintMarks(context, { near, taken, view });
}

// What is chosen and pointed at, then what is near it, then the rest by weight.
let ranked = [];
let rankedOf = null;
function namesInOrder(near) {
  if (rankedOf !== sight) {
    ranked = [...sight.nodes.keys()].sort((a, b) => weightOf(b) - weightOf(a) || (a < b ? -1 : 1));
    rankedOf = sight;
  }
  const first = [state.chosen, hovered].filter((id) => sight.nodes.has(id));
  const rest = near ? ranked.filter((id) => near.nodes.has(id)) : ranked;
  return new Set([...first, ...rest]);
}

const widths = new Map();
function widthOf(context, text) {
  const key = `${context.font}\n${text}`;
  if (!widths.has(key)) {
    if (widths.size > 20000) widths.clear();
    widths.set(key, context.measureText(text).width);
  }
  return widths.get(key);
}

function paintName(context, { id, x, y, r }, { taken, view, firm, whole }) {
  const strong = id === state.chosen || things.get(id).of === "actor";
  context.font = `${strong ? 600 : 400} ${FONT}px ${FACE}`;
  const rows = broken(nameOf(id), whole ? 60 : 26, whole ? 4 : 2);
  const width = Math.max(...rows.map((row) => widthOf(context, row)));
  const height = FONT * 1.2 * rows.length;
  const gap = 4;
  const spots = [
    { x, y: y + r + gap + height / 2 }, { x, y: y - r - gap - height / 2 },
    { x: x + r + gap + width / 2, y }, { x: x - r - gap - width / 2, y },
  ];
  const areas = spots.map((spot) => ({ spot, left: spot.x - width / 2, right: spot.x + width / 2, top: spot.y - height / 2, bottom: spot.y + height / 2, id }));
  const inside = areas.filter((area) => area.left >= view.left && area.right <= view.right && area.top >= view.top && area.bottom <= view.bottom);
  const area = inside.find((each) => !taken.clash(each, id)) ?? (firm ? inside.find((each) => !taken.clash(each, id, true)) : null) ?? (whole ? areas[0] : null);
  if (!area) return;
  taken.add(area);
  painted.push(area);
  paintRows(context, rows, area.spot, FONT, colour("text"));
}

function paintRows(context, rows, { x, y }, size, fill) {
  context.strokeStyle = colour("ground");
  context.lineWidth = 3.5;
  context.fillStyle = fill;
  rows.forEach((row, n) => {
    const line = y + size * 1.2 * (n + 0.5 - rows.length / 2);
    context.strokeText(row, x, line);
    context.fillText(row, x, line);
  });
}

function broken(text, width, most) {
  const rows = [""];
  for (const word of text.replace(/\s+/g, " ").split(" ")) {
    const last = rows[rows.length - 1];
    if (!last || last.length + word.length < width * 0.7) rows[rows.length - 1] = last ? `${last} ${word}` : word;
    else rows.push(word);
  }
  const kept = rows.slice(0, most).map((row) => (row.length > width ? `${row.slice(0, width - 1)}…` : row));
  if (rows.length > most) kept[most - 1] = `${kept[most - 1].replace(/…$/, "")}…`;
  return kept;
}

// The mark of the status, and how many facts, in the middle of a line.
function paintMarks(context, { near, taken, view }) {
  const size = 11;
  if (!near && sight.lines.size > MOST_TRIED && stage.scale() < NEARBY) return;
  const lines = near ? [...near.lines].map((id) => sight.lines.get(id)).filter(Boolean) : sight.lines.values();
  context.font = `700 ${size}px system-ui, "Segoe UI Symbol", "DejaVu Sans", sans-serif`;
  for (const { line, count } of lines) {
    const plainLine = line.kind === "words" || line.kind === "tie" || line.level === "events" || line.status === "done";
    const named = near || state.focus || state.path;
    const against = line.facts.some((id) => disputes.has(id) && left.has(id));
    if (plainLine && !named && !against && count < COUNT_FROM) continue;
    const middle = stage.middle(line.id);
    if (!middle || !within(view, middle)) continue;
    const mark = line.status && line.kind !== "words" && line.status !== "done" && line.level === "actors" ? STATUSES[line.status].mark : "";
    const text = [against ? "⇄" : "", mark, named ? verbOf(line) : "", count >= COUNT_FROM && line.level === "actors" ? `${count}` : ""].filter(Boolean).join(" ");
    if (!text) continue;
    const { x, y } = middle;
    const width = widthOf(context, text);
    const area = { left: x - width / 2, right: x + width / 2, top: y - size / 2, bottom: y + size / 2 };
    if (taken.clash(area) && line.id !== state.chosen) continue;
    taken.add(area);
    const fill = line.kind === "tie" || line.kind === "words" ? colour("text") : colour(line.status || "done");
    context.lineWidth = 4;
    context.strokeStyle = colour("ground");
    context.strokeText(text, x, y);
    context.fillStyle = fill;
    context.fillText(text, x, y);
  }
}

function verbOf(line) {
  if (line.kind === "tie") return line.name;
  if (line.kind === "words") return line.level === "events" ? line.name : "speaks of";
  if (line.level === "events") return ROLES[line.name] ?? "";
  return [...new Set(kept(line.facts).map((id) => things.get(id).type))].slice(0, 2).join(", ");
}

// Which parts of the screen are taken, in cells of a grid.
class Taken {
  constructor() { this.cells = new Map(); }

  *keys({ left, right, top, bottom }) {
    for (let i = Math.floor(left / 90); i <= Math.floor(right / 90); i += 1) {
      for (let j = Math.floor(top / 90); j <= Math.floor(bottom / 90); j += 1) yield i * 4096 + j;
    }
  }

  add(area) { for (const key of this.keys(area)) { if (!this.cells.has(key)) this.cells.set(key, []); this.cells.get(key).push(area); } }

  // Marks are in the way as names are, unless only names count; its own mark never is.
  clash(area, own, names = false) {
    for (const key of this.keys(area)) {
      for (const other of this.cells.get(key) ?? []) {
        if (names && other.of) continue;
        if (other.of !== own || own === undefined) if (area.left < other.right && area.right > other.left && area.top < other.bottom && area.bottom > other.top) return true;
      }
    }
    return false;
  }
}
