// What a reader does to the drawing: around one, opened further, folded up, pinned, hidden, and all of it undone.

const FAN = 110;
const MOST_GROWN = 40;

// The drawing as it would be, with what is pinned and opened, without what is folded up.
function adjusted(found) {
  if (!state.pinned.length && !state.grown.length && !state.folded.length) return found;
  const nodes = new Map(found.nodes);
  withPinned(nodes);
  state.grown.filter((id) => nodes.has(id)).forEach((id) => grow(id, nodes));
  const lines = new Map([...found.lines, ...between(nodes)]);
  return state.folded.length ? foldedUp(nodes, lines) : { nodes, lines };
}

const drawable = (line) => line.level === state.level && !state.hidden.includes(line.source) && !state.hidden.includes(line.target);
const allowed = (id) => state.pinned.includes(id) || shown(id);

function between(nodes) {
  return links.filter((line) => drawable(line) && nodes.has(line.source) && nodes.has(line.target))
    .map((line) => [line.id, { line, count: kept(line.facts).length }]).filter(([, { count }]) => count);
}

// Pinned names stay whatever the filters and the focus leave; where they have no place, in a row below.
function withPinned(nodes) {
  const lowest = Math.max(0, ...[...nodes.values()].map((place) => place?.y ?? 0));
  state.pinned.filter((id) => !nodes.has(id) && !state.hidden.includes(id) && namesOf[state.level].has(id)).forEach((id, n) => {
    nodes.set(id, (!state.focus && !state.path && placeOf(id)) || { x: (n - (state.pinned.length - 1) / 2) * 160, y: lowest + 130 });
  });
}

// Its other neighbours, in a fan away from the middle.
function grow(id, nodes) {
  const others = [...new Set(links.filter((line) => drawable(line) && (line.source === id || line.target === id) && kept(line.facts).length)
    .map((line) => (line.source === id ? line.target : line.source)))].filter((other) => !nodes.has(other) && allowed(other))
    .sort((a, b) => weightOf(b) - weightOf(a) || (a < b ? -1 : 1)).slice(0, MOST_GROWN);
  const { x, y } = moved.get(`${layoutKey()} ${id}`) ?? nodes.get(id) ?? { x: 0, y: 0 };
  const outward = x || y ? Math.atan2(y, x) : -Math.PI / 2;
  const wide = Math.min(Math.PI * 1.5, 0.5 * others.length);
  others.forEach((other, n) => {
    const angle = outward + (others.length > 1 ? wide * (n / (others.length - 1) - 0.5) : 0);
    const radius = FAN + (n % 2) * 46 + others.length * 3;
    nodes.set(other, { x: x + 1.3 * radius * Math.cos(angle), y: y + radius * Math.sin(angle) });
  });
}

// A folded name keeps to itself what is reached through it alone.
function foldedUp(nodes, lines) {
  const around = neighboursIn(lines);
  const folded = new Set(state.folded);
  const stay = state.focus ? reached(state.focus, around, folded) : new Set([...nodes.keys()].filter((id) => folded.has(id) || [...(around.get(id) ?? [])].some((other) => !folded.has(other))));
  for (const id of [...state.pinned, state.focus]) if (nodes.has(id)) stay.add(id);
  return { nodes: new Map([...nodes].filter(([id]) => stay.has(id))), lines: new Map([...lines].filter(([, { line }]) => stay.has(line.source) && stay.has(line.target))) };
}

function reached(from, around, folded) {
  const seen = new Set([from, ...state.pinned]);
  const open = [...seen];
  for (const id of open) {
    if (folded.has(id)) continue;
    for (const next of around.get(id) ?? []) if (!seen.has(next)) { seen.add(next); open.push(next); }
  }
  return seen;
}

const without = (list, id) => list.filter((other) => other !== id);
const turned = (list, id) => (list.includes(id) ? without(list, id) : [...list, id]);

const ACTS = {
  focus: { key: "f", label: (id) => (state.focus === id ? "Show all" : "Focus"), on: (id) => state.focus === id, act: (id) => change(state.focus === id ? { focus: "" } : { focus: id, depth: 1, path: "" }) },
  expand: { key: "e", label: () => "Expand", on: (id) => state.grown.includes(id), act: (id) => change({ grown: turned(state.grown, id), folded: without(state.folded, id), path: "" }) },
  collapse: { key: "c", label: () => "Collapse", on: (id) => state.folded.includes(id), act: (id) => change({ folded: turned(state.folded, id), grown: without(state.grown, id) }) },
  pin: { key: "k", label: () => "Pin", on: (id) => state.pinned.includes(id), act: (id) => change({ pinned: turned(state.pinned, id) }) },
  hide: { key: "h", label: () => "Hide", act: (id) => change({ hidden: [...without(state.hidden, id), id], pinned: without(state.pinned, id), chosen: "", focus: state.focus === id ? "" : state.focus }) },
};

function actions(id) {
  if (state.view !== "graph" || !["actor", "deed", "statement"].includes(things.get(id)?.of)) return null;
  return el("div", { class: "actions" }, Object.entries(ACTS).map(([name, { key, label, on, act }]) =>
    button(label(id), () => act(id), { "data-key": `act ${name}`, "aria-pressed": on ? String(on(id)) : null, title: ACT_NOTES[name], "aria-keyshortcuts": key })),
    things.get(id).of === "actor" && button("Path to …", () => startPath(id)));
}

const ACT_NOTES = {
  focus: "Only this and what it is tied to (f)", expand: "Its other ties as well (e)", collapse: "Fold up what hangs on this alone (c)",
  pin: "Keep it in sight, whatever the filters and the focus (k)", hide: "Leave it out (h)",
};

// In the drawing, keys do what the buttons do.
function actKey(key) {
  if (key === "u") { undo(); return true; }
  const found = Object.values(ACTS).find((each) => each.key === key);
  if (!found || !["actor", "deed", "statement"].includes(things.get(state.chosen)?.of)) return false;
  found.act(state.chosen);
  return true;
}

function focusBar() {
  const back = (list, what) => state[list].length > 0 && button(`Show ${plural(state[list].length, what)}`, () => change({ [list]: [] }), { "data-key": `back ${list}` });
  return [
    state.focus && ["Around ", reference(state.focus), el("label", {}, " depth ", el("select", { "data-key": "depth", onchange: (e) => change({ depth: Number(e.target.value) }) }, [1, 2, 3].map((n) => el("option", { value: n, selected: n === state.depth }, n)))), button("Show all", () => change({ focus: "" }))],
    back("hidden", "hidden name"),
    state.folded.length > 0 && button(`Unfold ${state.folded.length}`, () => change({ folded: [] }), { title: state.folded.map(nameOf).join(", ") }),
    state.grown.length > 0 && button(`Take back ${plural(state.grown.length, "expansion")}`, () => change({ grown: [] }), { title: state.grown.map(nameOf).join(", ") }),
    state.pinned.length > 0 && button(`Unpin ${state.pinned.length}`, () => change({ pinned: [] }), { title: state.pinned.map(nameOf).join(", ") }),
    past.length > 0 && button("↶ Undo", undo, { "data-key": "undo", title: "Take back the last change (u, Ctrl+Z)" }),
  ];
}
