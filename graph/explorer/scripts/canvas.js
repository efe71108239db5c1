// The drawing, whichever of the two draws it: what is seen, how each thing looks, and what pointer and keys do.
// A stage (visstage.js, webglstage.js) shows nodes and lines and knows where they are on the screen.

let stage = null;
let sight = { nodes: new Map(), lines: new Map() };
let hovered = "";
const MOST_FLAT = 1500;

function graphView() {
  const box = el("div", { id: "canvas", tabindex: "0", role: "application", "aria-label": "Graph. n and p go from name to name, Enter shows the evidence; the table view has the same facts." });
  box.addEventListener("keydown", canvasKeys);
  const bar = el("div", { class: "bar" }, levelSwitch(), el("div", { id: "focus-bar" }), el("div", { class: "zoom" },
    button("−", () => zoom(0.75), { "aria-label": "Farther" }), button("+", () => zoom(1.33), { "aria-label": "Nearer" }), button("Fit", () => fit())));
  return [bar, box, el("p", { id: "seen" })];
}

function levelSwitch() {
  const options = { actors: "Actors", events: "Events" };
  return el("div", { class: "switch", role: "group", "aria-label": "Level" }, Object.entries(options).map(([level, label]) =>
    button(label, () => { change({ level }); fit(); }, { "aria-pressed": state.level === level, "data-level": level })));
}

// WebGL where the page has it for many nodes and the browser can; else vis-network, with the main ones of many.
const wantsWebgl = book.renderer === "webgl";
const hasWebgl = wantsWebgl && typeof webgl !== "undefined" && Boolean(document.createElement("canvas").getContext("webgl2"));

function startStage() {
  const box = document.getElementById("canvas");
  const on = {
    click: clicked, under: paintGrounds, over: paintNames,
    hover: (id) => { hovered = id; box.classList.toggle("over", Boolean(id)); stage?.redraw(); },
    lost: () => { stage?.destroy(); stage = null; draw(); },
    moved: (id, { x, y }) => moved.set(`${layoutKey()} ${id}`, { x, y }),
  };
  return hasWebgl ? new WebglStage(box, on) : new VisStage(box, on, links.length > MOST_FLAT);
}

const moved = new Map();
const layoutKey = () => (state.path ? `path ${state.path}` : state.focus ? `focus ${state.focus} ${state.depth} ${state.level}` : state.level);

function clicked({ node, line, point }) {
  const name = painted.find((p) => within(p, point));
  const found = node ?? name?.id ?? (name ? null : line);
  const community = found ? null : name?.community ?? (farAway() ? communityAt(point) : null);
  if (found) { draw.chosen = found; choose(found, { path: state.path }); }
  else if (community) enter(community);
  else if (state.chosen) change({ chosen: "", read: "" });
}

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
  return adjusted(state.focus ? around(state.focus, lines) : { nodes: endsOf(lines), lines });
}

function endsOf(lines) {
  const nodes = new Map();
  for (const { line } of lines.values()) for (const id of [line.source, line.target]) if (!nodes.has(id)) nodes.set(id, placeOf(id));
  return nodes;
}

const flat = wantsWebgl && !hasWebgl;
const placed = {};
function placeOf(id) {
  placed[state.level] ??= new Map(mainNodes(state.level).map((node) => { const [x, y, community] = node.at[state.level]; return [node.id, { x, y, community }]; }));
  return placed[state.level].get(id) ?? null;
}

// The nodes with which a level opens: all that have a place, or the main ones where they are drawn without WebGL.
function mainNodes(level) {
  const all = [...drawnNodes.values()].filter((node) => node.at[level]);
  return flat ? all.sort((a, b) => weightOf(b.id) - weightOf(a.id) || (a.id < b.id ? -1 : 1)).slice(0, MOST_FLAT) : all;
}

// One and its neighbours, on rings around it.
function around(centre, lines) {
  const neighbours = neighboursIn(lines);
  const nodes = new Map([[centre, { x: 0, y: 0 }]]);
  let ring = [centre];
  let radius = 0;
  for (let depth = 0; depth < state.depth; depth += 1) {
    const next = [...new Set(ring.flatMap((id) => [...(neighbours.get(id) ?? [])]))].filter((id) => !nodes.has(id));
    ring = depth ? besideTheirs(next, neighbours, nodes) : next.sort((a, b) => familyOf(a).localeCompare(familyOf(b)) || weightOf(b) - weightOf(a));
    radius = ring.length > CROWDED ? placeInRings(ring, radius, nodes) : placeOnRing(ring, radius, nodes);
  }
  return { nodes, lines: new Map([...lines].filter(([, { line }]) => nodes.has(line.source) && nodes.has(line.target))) };
}

// Each where those that it is tied to already stand, so that few lines cross.
function besideTheirs(ids, neighbours, nodes) {
  const turn = new Map();
  for (const id of ids) {
    const theirs = [...neighbours.get(id)].map((other) => nodes.get(other)).filter((place) => place && (place.x || place.y));
    const angle = Math.atan2(theirs.reduce((sum, { y }) => sum + y, 0), theirs.reduce((sum, { x }) => sum + x, 0));
    turn.set(id, (angle + 2.5 * Math.PI) % (2 * Math.PI));
  }
  return [...ids].sort((a, b) => turn.get(a) - turn.get(b) || (a < b ? -1 : 1));
}

const CROWDED = 60;
const ROOM = 74;
const OVAL = 1.35;

function neighboursIn(lines) {
  const found = new Map();
  const tie = (from, to) => (found.get(from) ?? found.set(from, new Set()).get(from)).add(to);
  for (const { line } of lines.values()) { tie(line.source, line.target); tie(line.target, line.source); }
  return found;
}

function placeOnRing(ring, within, nodes) {
  const radius = Math.max(within + 150, (ring.length * ROOM) / (2 * Math.PI));
  ring.forEach((id, n) => {
    const angle = (2 * Math.PI * n) / ring.length - Math.PI / 2;
    const stagger = ring.length > 14 && n % 2 ? 56 : 0;
    nodes.set(id, { x: OVAL * (radius + stagger) * Math.cos(angle), y: (radius + stagger) * Math.sin(angle) });
  });
  return radius;
}

// Many at one distance fill one ring after the other, those told of most within.
function placeInRings(ids, within, nodes) {
  const order = [...ids].sort((a, b) => weightOf(b) - weightOf(a) || (a < b ? -1 : 1));
  let radius = within + 60;
  for (let n = 0; n < order.length;) {
    radius += 66;
    const ring = order.slice(n, n + Math.floor((2 * Math.PI * OVAL * radius) / (ROOM * 1.2)));
    ring.forEach((id, k) => {
      const angle = (2 * Math.PI * (k + (radius % 7) / 7)) / ring.length - Math.PI / 2;
      nodes.set(id, { x: OVAL * radius * Math.cos(angle), y: radius * Math.sin(angle) });
    });
    n += ring.length;
  }
  return radius;
}

function draw() {
  if (state.view !== "graph") { stage?.destroy(); stage = null; return; }
  const anew = !stage;
  if (anew) stage = startStage();
  const seen = [layoutKey(), state.hidden, state.pinned, state.grown, state.folded, state.family, state.named];
  const same = !anew && draw.left === left && draw.theme === theme() && JSON.stringify(seen) === draw.seen;
  if (!same) {
    sight = look();
    stage.show([...sight.nodes].map(([id, place]) => nodeOf(id, place)), [...sight.lines.values()].map(lineOf));
  }
  describe();
  stage.emphasise({ near: nearby(), chosen: state.chosen });
  if (anew || draw.layout !== layoutKey()) fit();
  Object.assign(draw, { left, theme: theme(), seen: JSON.stringify(seen), layout: layoutKey() });
  if (sight.nodes.has(state.chosen)) bringIntoView(state.chosen, draw.chosen !== state.chosen);
  draw.chosen = state.chosen;
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

function nodeOf(id, place) {
  const family = familyOf(id);
  const thing = things.get(id);
  const fill = colour(family);
  const open = thing.of === "deed" && thing.status !== "done";
  const dashed = thing.of === "deed" && (open || Boolean(thing.claim));
  const { x, y } = moved.get(`${layoutKey()} ${id}`) ?? place;
  return {
    id, x, y, size: sizeOf(id), shape: FAMILIES[family].shape, fill: open ? colour("ground") : fill,
    border: open ? colour(thing.status) : dashed ? fill : mixed(fill), thick: state.pinned.includes(id) ? 4 : open ? 2 : 1.5, dashed,
  };
}

const mixed = (fill) => (theme() === "dark" ? "#10161e" : fill);

function lineOf({ line, count }) {
  const words = line.kind === "words";
  const name = line.kind === "tie" && line.status !== "denied" ? "tie" : words ? "words" : line.status || "tie";
  return {
    id: line.id, source: line.source, target: line.target, stroke: colour(name), alpha: words ? 0.75 : 0.85,
    width: words ? 1 : line.kind === "tie" ? 1.1 : 1.3 + Math.log2(count) * 0.9, dashes: words ? [1, 4] : line.dashes,
    bend: bend(line), across: sight.nodes.get(line.source)?.community !== sight.nodes.get(line.target)?.community, arrow: { scale: words ? 0.3 : 0.45, type: line.kind === "tie" ? "vee" : "arrow" },
  };
}

// Lines between the same two are bent apart; a line alone is straight.
const pairOf = (line) => (line.source < line.target ? `${line.level} ${line.source} ${line.target}` : `${line.level} ${line.target} ${line.source}`);
const beside = new Map();
for (const line of links) {
  const pair = pairOf(line);
  if (beside.has(pair)) beside.get(pair).push(line);
  else beside.set(pair, [line]);
}

function bend(line) {
  const all = beside.get(pairOf(line));
  if (all.length < 2) return 0;
  const seen = all.filter((other) => sight.lines.has(other.id));
  const turn = (seen.indexOf(line) - (seen.length - 1) / 2) * (line.source < line.target ? 1 : -1);
  return Math.sign(turn) * Math.min(Math.abs(turn) * 0.22, 0.6);
}

// Where there is too much to look at, the page begins with the question whom one looks for.
function searchFirst() {
  const input = document.getElementById("seek");
  if (!wantsWebgl) return;
  input.placeholder = `Search ${namesOf.actors.size.toLocaleString("en-GB")} names, events, quotations`;
  if (!location.hash.slice(1) && window.matchMedia("(hover: hover)").matches) input.focus();
}

const fit = (area) => stage?.fit(area);
const zoom = (by) => stage?.zoom(by);

// From how near the names of those beside it can be read.
function closeUp(id) {
  if (sight.nodes.size < CROWD) return 0.8;
  const at = sight.nodes.get(id);
  const away = [...nearby().nodes].filter((other) => other !== id && sight.nodes.has(other)).map((other) => { const { x, y } = sight.nodes.get(other); return Math.hypot(x - at.x, y - at.y); }).sort((a, b) => a - b);
  return Math.min(Math.max(110 / (away[Math.floor(away.length / 4)] || 110), 1), 2.6);
}

// What was chosen elsewhere than in the drawing is looked at from near.
function bringIntoView(id, closer) {
  const place = stage.unproject(stage.spot(id));
  if (closer && stage.scale() < 0.45) stage.look(place, closeUp(id));
  const { x, y } = stage.spot(id);
  const { width, height } = stage.size();
  if (x > 40 && y > 40 && x < width - 40 && y < height - 60) return;
  stage.look(place);
}

function canvasKeys(event) {
  const step = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] }[event.key];
  if (step) stage.pan(...step);
  else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") fit();
  else if (event.key === "n" || event.key === "p") nextName(event.key === "n" ? 1 : -1);
  else if (actKey(event.key)) document.getElementById("canvas").focus();
  else if (event.key === "Enter" && state.chosen) document.getElementById("panel").focus();
  else return;
  event.preventDefault();
}

function nextName(by) {
  const order = [...namesInOrder(null)].filter((id) => id !== hovered);
  const inOrder = ranked.length ? ranked : order;
  const now = inOrder.indexOf(state.chosen);
  const next = now < 0 && by < 0 ? inOrder[inOrder.length - 1] : inOrder[(now + by + inOrder.length) % inOrder.length];
  if (next) { choose(next); tell(nameOf(next)); }
}

const namesOf = { actors: new Set(), events: new Set() };
for (const { level, source, target } of links) namesOf[level].add(source).add(target);

function describe() {
  const total = namesOf[state.level].size;
  placeOf("");
  const cut = !state.focus && !state.path && placed[state.level].size < total;
  const facts = new Set([...sight.lines.values()].flatMap(({ line }) => kept(line.facts))).size;
  const words = [`${plural(sight.nodes.size, "name")} of ${total.toLocaleString("en-GB")}, ${plural(facts, "fact")}`];
  if (cut) words.push("the most important are drawn; search finds all");
  if (communities().length > 1 && sight.nodes.size > CROWD) words.push("search a name, choose a community, or go nearer");
  if (flat) words.push("this browser has no WebGL, which draws all at once: these are the main ones");
  document.getElementById("seen").textContent = words.join(" · ");
  const bar = document.getElementById("focus-bar");
  const held = bar.contains(document.activeElement) && document.activeElement.dataset.key;
  bar.replaceChildren();
  filled(bar, {}, [focusBar(), communityMenu()]);
  if (held) bar.querySelector(`[data-key="${held}"]`)?.focus();
  for (const each of document.querySelectorAll(".switch button")) each.setAttribute("aria-pressed", String(each.dataset.level === state.level));
}
