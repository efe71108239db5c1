// The drawing: vis-network with places computed beforehand. Names and marks are painted here, most important first,
// so that none lies on another at any distance.

let network = null;
let nodeSet = null;
let edgeSet = null;
let sight = { nodes: new Map(), lines: new Map() };
let hovered = "";
let painted = [];
const FONT = 12.5;
const COUNT_FROM = 2;
const FIRM = 14;

function graphView() {
  const box = el("div", { id: "canvas", tabindex: "0", role: "application", "aria-label": "Graph. n and p go from name to name, Enter shows the evidence; the table view has the same facts." });
  box.addEventListener("keydown", canvasKeys);
  const bar = el("div", { class: "bar" }, levelSwitch(), el("div", { id: "focus-bar" }), el("div", { class: "zoom" },
    button("−", () => zoom(0.75), { "aria-label": "Farther" }), button("+", () => zoom(1.33), { "aria-label": "Nearer" }), button("Fit", fit)));
  return [bar, box, el("p", { id: "seen" })];
}

function levelSwitch() {
  const options = { actors: "Actors", events: "Events" };
  return el("div", { class: "switch", role: "group", "aria-label": "Level" }, Object.entries(options).map(([level, label]) =>
    button(label, () => { change({ level }); fit(); }, { "aria-pressed": state.level === level, "data-level": level })));
}

function startNetwork() {
  const box = document.getElementById("canvas");
  nodeSet = new vis.DataSet();
  edgeSet = new vis.DataSet();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  network = new vis.Network(box, { nodes: nodeSet, edges: edgeSet }, {
    physics: { enabled: false },
    layout: { improvedLayout: false },
    interaction: { hover: true, hoverConnectedEdges: false, keyboard: false, multiselect: false, selectConnectedEdges: false, hideEdgesOnDrag: links.length > 1500, hideEdgesOnZoom: links.length > 1500, zoomSpeed: still ? 0.5 : 1 },
    nodes: { borderWidth: 1.5, font: { size: 0 }, chosen: false },
    edges: { arrows: { to: { enabled: true, scaleFactor: 0.45 } }, chosen: false, selectionWidth: 0, hoverWidth: 0, font: { size: 0 } },
  });
  network.on("click", clicked);
  network.on("hoverNode", ({ node }) => { hovered = node; network.redraw(); box.classList.add("over"); });
  network.on("blurNode", () => { hovered = ""; network.redraw(); box.classList.remove("over"); });
  network.on("hoverEdge", () => box.classList.add("over"));
  network.on("blurEdge", () => box.classList.remove("over"));
  network.on("dragEnd", ({ nodes }) => { for (const id of nodes) { const { x, y } = network.getPosition(id); moved.set(`${layoutKey()} ${id}`, { x, y }); } });
  network.on("beforeDrawing", paintHulls);
  network.on("afterDrawing", paintNames);
}

const moved = new Map();
const layoutKey = () => (state.path ? `path ${state.path}` : state.focus ? `focus ${state.focus} ${state.depth} ${state.level}` : state.level);

function clicked({ nodes, edges, pointer }) {
  const name = nodes[0] ?? painted.find((p) => within(p, pointer.canvas))?.id ?? edges[0];
  if (name) { draw.chosen = name; choose(name, { path: state.path }); }
  else if (state.chosen) change({ chosen: "", read: "" });
}

const within = (box, { x, y }) => box.id && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

// Which nodes and lines are to be seen: what the filters leave, around the focus or along the path.
function look() {
  if (state.path && pathsFound().length) return lookAlong();
  const lines = new Map();
  const hidden = new Set(state.hidden);
  for (const line of links) {
    if (line.level !== state.level || hidden.has(line.source) || hidden.has(line.target)) continue;
    if (!shown(line.source) || !shown(line.target)) continue;
    if (!state.focus && !(placeOf(line.source) && placeOf(line.target))) continue;
    const those = kept(line.facts);
    if (those.length) lines.set(line.id, { line, count: those.length });
  }
  return state.focus ? around(state.focus, lines) : { nodes: endsOf(lines), lines };
}

function endsOf(lines) {
  const nodes = new Map();
  for (const { line } of lines.values()) for (const id of [line.source, line.target]) if (!nodes.has(id)) nodes.set(id, placeOf(id));
  return nodes;
}

function placeOf(id) {
  const own = drawnNodes.get(id)?.at?.[state.level];
  return own ? { x: own[0], y: own[1], community: own[2] } : null;
}

// One and its neighbours, on rings around it.
function around(centre, lines) {
  const neighbours = new Map();
  for (const { line } of lines.values()) { note(neighbours, line.source, line.target); note(neighbours, line.target, line.source); }
  const rings = [[centre]];
  const seen = new Set([centre]);
  for (let depth = 0; depth < state.depth; depth += 1) {
    const next = [...new Set(rings[depth].flatMap((id) => neighbours.get(id) ?? []))].filter((id) => !seen.has(id));
    next.forEach((id) => seen.add(id));
    rings.push(depth ? next : next.sort((a, b) => familyOf(a).localeCompare(familyOf(b)) || weightOf(b) - weightOf(a)));
  }
  const nodes = new Map([[centre, { x: 0, y: 0 }]]);
  let radius = 0;
  for (const ring of rings.slice(1)) {
    radius = Math.max(radius + 150, (ring.length * 74) / (2 * Math.PI));
    ring.forEach((id, n) => {
      const angle = (2 * Math.PI * n) / ring.length - Math.PI / 2;
      const stagger = ring.length > 14 && n % 2 ? 56 : 0;
      nodes.set(id, { x: 1.35 * (radius + stagger) * Math.cos(angle), y: (radius + stagger) * Math.sin(angle) });
    });
  }
  return { nodes, lines: new Map([...lines].filter(([, { line }]) => nodes.has(line.source) && nodes.has(line.target))) };
}

function draw() {
  if (state.view !== "graph") { network?.destroy(); network = null; return; }
  const anew = !network;
  if (anew) startNetwork();
  sight = look();
  const near = nearby();
  replace(nodeSet, [...sight.nodes].map(([id, place]) => nodeOf(id, place, near)));
  replace(edgeSet, [...sight.lines.values()].map((seen) => edgeOf(seen, near)));
  if (anew || draw.last !== layoutKey()) fit();
  draw.last = layoutKey();
  if (sight.nodes.has(state.chosen)) bringIntoView(state.chosen, draw.chosen !== state.chosen);
  draw.chosen = state.chosen;
  describe();
}

function replace(set, wanted) {
  const ids = new Set(wanted.map((item) => item.id));
  set.remove(set.getIds().filter((id) => !ids.has(id)));
  set.update(wanted);
}

// The chosen one with its neighbours, or the ends of the chosen line; null where nothing is chosen.
function nearby() {
  if (linkById.has(state.chosen)) {
    const line = linkById.get(state.chosen);
    return { nodes: new Set([line.source, line.target]), lines: new Set([line.id]) };
  }
  if (!sight.nodes.has(state.chosen)) return null;
  const nodes = new Set([state.chosen]);
  const lines = new Set();
  for (const { line } of sight.lines.values()) {
    if (line.source !== state.chosen && line.target !== state.chosen) continue;
    lines.add(line.id);
    nodes.add(line.source).add(line.target);
  }
  return { nodes, lines };
}

function sizeOf(id) {
  const weight = things.get(id)?.of === "actor" ? things.get(id).facts ?? 0 : things.get(id)?.of === "deed" ? Math.min(things.get(id).parts?.length ?? 0, 3) : 1;
  return drawnNodes.get(id)?.size ?? Math.min(5 + 2 * Math.sqrt(weight), 19);
}

function nodeOf(id, place, near) {
  const family = familyOf(id);
  const thing = things.get(id);
  const fill = colour(family);
  const chosen = id === state.chosen;
  const faint = near && !near.nodes.has(id);
  const open = thing.of === "deed" && thing.status !== "done";
  const dashed = thing.of === "deed" && (thing.status !== "done" || thing.claim);
  const spot = moved.get(`${layoutKey()} ${id}`) ?? place;
  return {
    id, x: spot.x, y: spot.y, shape: FAMILIES[family].shape, size: sizeOf(id), opacity: faint ? 0.18 : 1, borderWidth: chosen ? 4 : open ? 2 : 1.5,
    color: { background: open ? colour("ground") : fill, border: chosen ? colour("chosen") : open ? colour(thing.status) : dashed ? fill : mixed(fill) },
    shapeProperties: { borderDashes: dashed ? [4, 3] : false }, family,
  };
}

const mixed = (fill) => (theme() === "dark" ? "#10161e" : fill);

function edgeOf({ line, count }, near) {
  const faint = near && !near.lines.has(line.id);
  const name = line.kind === "tie" && line.status !== "denied" ? "tie" : line.kind === "words" ? "words" : line.status || "tie";
  const chosen = line.id === state.chosen;
  return {
    id: line.id, from: line.source, to: line.target, dashes: line.kind === "words" ? [1, 4] : line.dashes,
    width: (line.kind === "words" ? 1 : line.kind === "tie" ? 1.1 : 1.3 + Math.log2(count) * 0.9) + (chosen ? 2 : 0),
    color: { color: chosen ? colour("chosen") : colour(name), opacity: faint ? 0.07 : line.kind === "words" ? 0.75 : 0.85, inherit: false },
    smooth: bend(line),
    arrows: { to: { enabled: line.kind !== "tie" || true, scaleFactor: line.kind === "words" ? 0.3 : 0.45, type: line.kind === "tie" ? "vee" : "arrow" } },
  };
}

// Lines between the same two are bent apart; a line alone is straight.
const beside = new Map();
for (const line of links) note(beside, `${line.level} ${[line.source, line.target].sort().join(" ")}`, line);
function bend(line) {
  const all = beside.get(`${line.level} ${[line.source, line.target].sort().join(" ")}`);
  const seen = all.filter((other) => sight.lines.has(other.id));
  if (seen.length < 2) return false;
  const n = seen.indexOf(line);
  const forward = line.source < line.target ? 1 : -1;
  const turn = (n - (seen.length - 1) / 2) * forward;
  return turn === 0 ? false : { enabled: true, type: turn > 0 ? "curvedCW" : "curvedCCW", roundness: Math.min(Math.abs(turn) * 0.22, 0.6) };
}

function paintHulls(context) {
  if (state.focus || state.path) return;
  const groups = new Map();
  for (const [id, place] of sight.nodes) if (place && network.body.nodes[id]) note(groups, place.community ?? 0, id);
  context.fillStyle = colour("hull");
  context.strokeStyle = colour("hull");
  context.lineJoin = "round";
  for (const ids of groups.values()) {
    if (ids.length < 4) continue;
    const outline = hull(ids.map((id) => network.body.nodes[id]));
    context.lineWidth = 52;
    context.beginPath();
    outline.forEach(({ x, y }, n) => (n ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.stroke();
    context.fill();
  }
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
  return [...half(sorted), ...half([...sorted].reverse())];
}

function paintNames(context) {
  const scale = network.getScale();
  const near = nearby();
  const size = FONT / scale;
  const taken = new Taken(90 / scale);
  const from = network.DOMtoCanvas({ x: -60, y: -20 });
  const box = document.getElementById("canvas");
  const to = network.DOMtoCanvas({ x: box.clientWidth + 60, y: box.clientHeight + 20 });
  const at = new Map();
  for (const id of sight.nodes.keys()) {
    const { x, y } = network.body.nodes[id] ?? {};
    if (x === undefined || x < from.x || x > to.x || y < from.y || y > to.y) continue;
    at.set(id, { x, y });
    const r = sizeOf(id);
    if (!near || near.nodes.has(id)) taken.add({ left: x - r, right: x + r, top: y - r, bottom: y + r, of: id });
  }
  painted = [];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const rank = (id) => (id === state.chosen ? 1e9 : id === hovered ? 1e8 : near?.nodes.has(id) ? 1e6 : 0) + weightOf(id);
  const order = [...at.keys()].sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1));
  const view = { left: from.x + 64 / scale, right: to.x - 64 / scale, top: from.y + 24 / scale, bottom: to.y - 24 / scale };
  order.forEach((id, n) => {
    if (near && !near.nodes.has(id) && id !== hovered) return;
    paintName(context, id, at.get(id), { scale, size, taken, view, firm: n < FIRM, whole: id === state.chosen || id === hovered });
  });
  paintMarks(context, { scale, near, taken });
}

function paintName(context, id, { x, y }, { scale, size, taken, view, firm, whole }) {
  const r = sizeOf(id);
  const strong = id === state.chosen || things.get(id).of === "actor";
  context.font = `${strong ? 600 : 400} ${size}px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif`;
  const rows = broken(nameOf(id), whole ? 60 : 26, whole ? 4 : 2);
  const width = Math.max(...rows.map((row) => context.measureText(row).width));
  const height = size * 1.2 * rows.length;
  const gap = 4 / scale;
  const spots = [
    { x, y: y + r + gap + height / 2 }, { x, y: y - r - gap - height / 2 },
    { x: x + r + gap + width / 2, y }, { x: x - r - gap - width / 2, y },
  ];
  const areas = spots.map((spot) => ({ spot, left: spot.x - width / 2, right: spot.x + width / 2, top: spot.y - height / 2, bottom: spot.y + height / 2, id }));
  const inside = areas.filter((area) => area.left >= view.left && area.right <= view.right && area.top >= view.top && area.bottom <= view.bottom);
  const area = inside.find((each) => !taken.clash(each, id)) ?? (firm ? inside.find((each) => !taken.clash(each, id, true)) : null) ?? (whole ? areas[0] : null);
  if (area) {
    const { spot } = area;
    taken.add(area);
    painted.push(area);
    context.strokeStyle = colour("ground");
    context.lineWidth = 3.5 / scale;
    context.fillStyle = colour("text");
    rows.forEach((row, n) => {
      const line = spot.y - height / 2 + size * 1.2 * (n + 0.5);
      context.strokeText(row, spot.x, line);
      context.fillText(row, spot.x, line);
    });
  }
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
function paintMarks(context, { scale, near, taken }) {
  const size = 11 / scale;
  context.font = `700 ${size}px system-ui, "Segoe UI Symbol", "DejaVu Sans", sans-serif`;
  for (const { line, count } of sight.lines.values()) {
    if (near && !near.lines.has(line.id)) continue;
    const plainLine = line.kind === "words" || line.kind === "tie" || line.level === "events" || line.status === "done";
    const named = near || state.focus || state.path;
    const mark = line.status && line.kind !== "words" && line.status !== "done" && line.level === "actors" ? STATUSES[line.status].mark : "";
    const text = [mark, named ? verbOf(line) : "", count >= COUNT_FROM && line.level === "actors" ? `${count}` : ""].filter(Boolean).join(" ");
    if (!text || (plainLine && !named && count < COUNT_FROM)) continue;
    const { x, y } = network.body.edges[line.id]?.edgeType?.getPoint(0.5) ?? {};
    const width = context.measureText(text).width;
    const area = { left: x - width / 2, right: x + width / 2, top: y - size / 2, bottom: y + size / 2 };
    if (x === undefined || (taken.clash(area) && line.id !== state.chosen)) continue;
    taken.add(area);
    context.strokeStyle = colour("ground");
    context.lineWidth = 4 / scale;
    context.strokeText(text, x, y);
    context.fillStyle = line.kind === "tie" || line.kind === "words" ? colour("text") : colour(line.status || "done");
    context.fillText(text, x, y);
  }
}

function verbOf(line) {
  if (line.kind === "tie") return line.name;
  if (line.kind === "words") return line.level === "events" ? line.name : "speaks of";
  if (line.level === "events") return ROLES[line.name] ?? "";
  return [...new Set(kept(line.facts).map((id) => things.get(id).type))].slice(0, 2).join(", ");
}

class Taken {
  constructor(cell) { this.cell = cell; this.cells = new Map(); }

  *keys({ left, right, top, bottom }) {
    for (let i = Math.floor(left / this.cell); i <= Math.floor(right / this.cell); i += 1) {
      for (let j = Math.floor(top / this.cell); j <= Math.floor(bottom / this.cell); j += 1) yield `${i} ${j}`;
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

function fit() {
  network?.fit({ animation: false, minZoomLevel: 0.05, maxZoomLevel: 1.3 });
  if (network) network.moveTo({ scale: network.getScale() * 0.94, animation: false });
}

function zoom(by) {
  network?.moveTo({ scale: network.getScale() * by, animation: false });
}

// What was chosen elsewhere than in the drawing is looked at from near.
function bringIntoView(id, closer) {
  if (closer && network.getScale() < 0.45) network.moveTo({ position: network.getPosition(id), scale: 0.8, animation: false });
  const { x, y } = network.canvasToDOM(network.getPosition(id));
  const box = document.getElementById("canvas");
  if (x > 40 && y > 40 && x < box.clientWidth - 40 && y < box.clientHeight - 60) return;
  network.moveTo({ position: network.getPosition(id), animation: false });
}

function canvasKeys(event) {
  const step = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] }[event.key];
  if (step) network.moveTo({ offset: { x: -step[0], y: -step[1] }, animation: false });
  else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") fit();
  else if (event.key === "n" || event.key === "p") nextName(event.key === "n" ? 1 : -1);
  else if (event.key === "Enter" && state.chosen) document.getElementById("panel").focus();
  else return;
  event.preventDefault();
}

function nextName(by) {
  const order = [...sight.nodes.keys()].sort((a, b) => weightOf(b) - weightOf(a) || (a < b ? -1 : 1));
  const now = order.indexOf(state.chosen);
  const next = order[(now + by + order.length) % order.length];
  if (next) { choose(next); tell(nameOf(next)); }
}

function describe() {
  const total = new Set(links.filter((l) => l.level === state.level).flatMap((l) => [l.source, l.target])).size;
  const seen = sight.nodes.size;
  const cut = !state.focus && !state.path && [...drawnNodes.values()].filter((n) => n.at[state.level]).length < total;
  const facts = new Set([...sight.lines.values()].flatMap(({ line }) => kept(line.facts))).size;
  const words = [`${plural(seen, "name")} of ${total.toLocaleString("en-GB")}, ${plural(facts, "fact")}`];
  if (cut) words.push("the most important are drawn; search finds all");
  document.getElementById("seen").textContent = words.join(" · ");
  const bar = document.getElementById("focus-bar");
  const parts = [];
  if (state.focus) parts.push("Around ", reference(state.focus), el("label", {}, " depth ", el("select", { onchange: (e) => change({ depth: Number(e.target.value) }) }, [1, 2, 3].map((n) => el("option", { value: n, selected: n === state.depth }, n)))), button("Show all", () => change({ focus: "" })));
  if (state.hidden.length) parts.push(button(`Show ${plural(state.hidden.length, "hidden name")}`, () => change({ hidden: [] })));
  bar.replaceChildren(...parts);
  for (const each of document.querySelectorAll(".switch button")) each.setAttribute("aria-pressed", String(each.dataset.level === state.level));
}
