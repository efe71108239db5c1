// What is looked at and how; all of it is in the page's address, so that a view can be sent as a link.

const FACETS = ["family", "status", "voice", "type", "plover", "article", "speaker", "place"];
const VIEWS = { graph: "Graph", pledges: "Pledges", facts: "Table", timeline: "Timeline", map: "Map", sources: "Sources" };
if (!located.length) delete VIEWS.map;
const fresh = () => ({
  view: "graph", level: "actors", chosen: "", focus: "", depth: 1, path: "", read: "", hidden: [], pinned: [], grown: [], folded: [],
  rows: "deeds", whom: "", unkept: false, step: 0,
  from: "", to: "", by: "event", undated: true, sure: 0, named: false, open: false,
  ...Object.fromEntries(FACETS.map((facet) => [facet, []])),
});
const state = fresh();
const renderers = [];

function address() {
  const plainState = fresh();
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    const text = written(value);
    if (text !== written(plainState[key])) pairs.set(key, text);
  }
  return `#${pairs}`;
}

const written = (value) => (Array.isArray(value) ? value.map(encodeURIComponent).join("|") : String(value));

function readAddress(text = location.hash) {
  const pairs = new URLSearchParams(text.replace(/^#/, ""));
  const plainState = fresh();
  for (const [key, usual] of Object.entries(plainState)) {
    state[key] = pairs.has(key) ? parsed(pairs.get(key), usual) : usual;
  }
  if (!Object.hasOwn(VIEWS, state.view)) state.view = "graph";
  if (state.level !== "events") state.level = "actors";
  if (!Object.hasOwn(TABLES, state.rows)) state.rows = "deeds";
  if (state.by !== "published") state.by = "event";
  for (const key of ["from", "to"]) if (!/^\d{4}-\d\d-\d\d$/.test(state[key]) || Number.isNaN(stamp(state[key]))) state[key] = "";
  state.depth = Math.min(Math.max(Math.round(state.depth), 1), 3);
  state.sure = Math.min(Math.max(state.sure, 0), 1);
  state.step = Math.min(Math.max(Math.round(state.step), 0), steps.length);
  for (const key of ["hidden", "pinned", "grown", "folded"]) state[key] = state[key].filter((id) => things.has(id));
  for (const key of ["chosen", "focus"]) if (state[key] && !things.has(state[key]) && !linkById.has(state[key])) state[key] = "";
}

function parsed(text, usual) {
  if (Array.isArray(usual)) return text ? text.split("|").map((part) => { try { return decodeURIComponent(part); } catch { return part; } }) : [];
  if (typeof usual === "boolean") return text === "true";
  return typeof usual === "number" ? Number(text) || 0 : text;
}

// Each change is a step that the browser's Back undoes, unless it only goes on with the last one. Undo goes the same
// way back inside a notebook's frame, where there is no Back.
const past = [];
const MOST_PAST = 100;

function change(changes, step = true) {
  const before = address();
  Object.assign(state, changes);
  if (!playing && address() !== before && past.push(before) > MOST_PAST) past.shift();
  writeAddress(step);
  render();
}

function undo() {
  if (!past.length) return;
  readAddress(past.pop());
  writeAddress(true);
  render();
  tell("Undone");
}

function writeAddress(step) {
  try {
    history[step ? "pushState" : "replaceState"](null, "", address());
  } catch {
    // inside a notebook's frame the address cannot be written
  }
}

function render() {
  for (const renderer of renderers) renderer();
}

function choose(id, more = {}) {
  change({ chosen: id, read: "", ...more });
  if (id && window.matchMedia("(max-width: 900px)").matches) document.getElementById("panel").focus({ preventScroll: false });
}
