// Three best ways from one actor to another, through what was done and what was said; each step with its evidence.
// Names that all is tied to are dear to pass through, and to speak of another is less than to do something to it.

let starting = "";
const BEST = 3;
const MOST_OFFERED = 400;
const SPOKEN = 0.8;

function startPath(id) {
  starting = id;
  change({ chosen: id });
  const input = el("input", { type: "text", list: "names", "aria-label": "Path to", placeholder: "to whom?", autocomplete: "off" });
  const names = el("datalist", { id: "names" }, story.actors.filter((a) => a.id !== id && a.facts).sort((a, b) => weightOf(b.id) - weightOf(a.id) || (a.id < b.id ? -1 : 1)).slice(0, MOST_OFFERED).map((a) => el("option", { value: a.name })));
  const go = () => {
    const hit = story.actors.find((a) => a.id !== id && folded(a.name) === folded(input.value)) ?? search(input.value).map((h) => things.get(h.id)).find((t) => t.of === "actor" && t.id !== id);
    if (hit) change({ path: `${id}~${hit.id}`, focus: "", level: "actors", chosen: "" });
    else tell("Nobody is called so");
  };
  const form = el("form", { class: "actions", onsubmit: (e) => { e.preventDefault(); go(); } }, input, names, el("button", { type: "submit" }, "Find"));
  document.querySelector("#panel .title").append(form);
  input.focus();
}

let lastPaths = { of: "", left: null, found: [] };
function pathsFound() {
  const of = `${state.path} ${state.hidden}`;
  if (lastPaths.of !== of || lastPaths.left !== left) {
    const [from, to] = state.path.split("~");
    lastPaths = { of, left, found: things.has(from) && things.has(to) && from !== to ? best(from, to) : [] };
  }
  return lastPaths.found;
}

// Yen's way in short: the cheapest path, then the cheapest that avoids each of its steps.
function best(from, to) {
  const lines = links.filter((l) => l.level === "actors" && kept(l.facts).length && !state.hidden.includes(l.source) && !state.hidden.includes(l.target));
  const around = new Map();
  for (const line of lines) { note(around, line.source, line); note(around, line.target, line); }
  const pair = (l) => [l.source, l.target].sort().join(" ");
  const first = cheapest(from, to, around, new Set());
  if (!first) return [];
  const found = [first];
  const others = new Map();
  const nodesOf = (path) => path.nodes.join(" ");
  while (found.length < BEST) {
    for (const path of found) {
      for (const line of path.lines) {
        const barred = new Set([pair(line)]);
        for (const other of found) if (other !== path) for (const l of other.lines) if (!path.lines.includes(l)) barred.add(pair(l));
        const next = cheapest(from, to, around, barred, pair);
        if (next && !found.some((f) => nodesOf(f) === nodesOf(next))) others.set(nodesOf(next), next);
      }
    }
    const [cheap] = [...others.values()].sort((a, b) => a.cost - b.cost || (nodesOf(a) < nodesOf(b) ? -1 : 1));
    if (!cheap) break;
    others.delete(nodesOf(cheap));
    found.push(cheap);
  }
  return found;
}

function cheapest(from, to, around, barred, pair = (l) => [l.source, l.target].sort().join(" ")) {
  const cost = new Map([[from, 0]]);
  const came = new Map();
  const open = new Heap();
  const done = new Set();
  open.add(0, from);
  while (open.size) {
    const at = open.take();
    if (at === to) break;
    if (done.has(at)) continue;
    done.add(at);
    for (const line of around.get(at) ?? []) {
      const next = line.source === at ? line.target : line.source;
      if (done.has(next) || barred.has(pair(line))) continue;
      const price = cost.get(at) + 1 + (line.kind === "words" ? SPOKEN : 0) + (next === to ? 0 : Math.log1p((around.get(next) ?? []).length) * 0.4);
      if (!(price < (cost.get(next) ?? Infinity))) continue;
      cost.set(next, price);
      came.set(next, { line, from: at });
      open.add(price, next);
    }
  }
  if (!came.has(to)) return null;
  const nodes = [to];
  const lines = [];
  for (let at = to; at !== from; at = came.get(at).from) { lines.unshift(came.get(at).line); nodes.unshift(came.get(at).from); }
  return { nodes, lines, cost: cost.get(to) };
}

// The cheapest first; of equals, the first by name.
class Heap {
  constructor() { this.rows = []; }
  get size() { return this.rows.length; }
  before(i, j) { const [a, b] = [this.rows[i], this.rows[j]]; return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]); }
  swap(i, j) { [this.rows[i], this.rows[j]] = [this.rows[j], this.rows[i]]; }

  add(price, id) {
    let n = this.rows.push([price, id]) - 1;
    while (n && this.before(n, (n - 1) >> 1)) { this.swap(n, (n - 1) >> 1); n = (n - 1) >> 1; }
  }

  take() {
    this.swap(0, this.rows.length - 1);
    const [, id] = this.rows.pop();
    for (let n = 0; ;) {
      let least = n;
      for (const child of [2 * n + 1, 2 * n + 2]) if (child < this.rows.length && this.before(child, least)) least = child;
      if (least === n) return id;
      this.swap(n, least);
      n = least;
    }
  }
}

// The paths as rows between their two ends.
function lookAlong() {
  const found = pathsFound();
  const nodes = new Map();
  const lines = new Map();
  const long = Math.max(...found.map((p) => p.nodes.length));
  const wide = (long - 1) * 210;
  found.forEach((path, row) => {
    path.nodes.forEach((id, n) => {
      const end = n === 0 || n === path.nodes.length - 1;
      if (!nodes.has(id)) nodes.set(id, { x: (wide * n) / (path.nodes.length - 1), y: end ? ((found.length - 1) * 130) / 2 : row * 130 + (n % 2) * 34 });
    });
    for (const step of path.lines) {
      for (const line of beside.get(pairOf(step))) {
        const those = line === step || line.kind !== "words" ? kept(line.facts) : [];
        if (those.length) lines.set(line.id, { line, count: those.length });
      }
    }
  });
  return { nodes, lines };
}

function pathsPanel() {
  const [from, to] = state.path.split("~");
  const line = linkById.get(state.chosen);
  if (line) return linePanel(line);
  if (state.chosen && things.has(state.chosen)) return chosenPanel();
  const found = pathsFound();
  return [
    el("div", { class: "title" }, closing(), el("h2", {}, "Paths"), el("div", { class: "ends" }, reference(from), el("span", { class: "arrow", "aria-label": "to" }, "→"), reference(to)),
      el("p", { class: "kind" }, found.length ? `the ${found.length === 1 ? "only way" : `${found.length} best ways`}; names that all is tied to count against one` : "No way leads from one to the other with these filters.")),
    ...found.map((path, n) => el("section", {}, el("h3", {}, `${n + 1}. ${path.nodes.slice(1, -1).map(nameOf).join(", ") ? `by way of ${path.nodes.slice(1, -1).map(nameOf).join(", ")}` : "directly"}`),
      path.lines.map((step) => [el("div", { class: "ends" }, reference(step.source), el("span", { class: "arrow" }, step.kind === "words" ? "speaks of" : step.kind === "tie" ? step.name : verbOf(step)), el("span", { class: "arrow", "aria-label": "to" }, "→"), reference(step.target)), kept(step.facts).slice(0, 2).map((id) => card(things.get(id)))]))),
  ];
}
