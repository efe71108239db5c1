// The legend, which filters, and the other facets: each value with the facts that choosing it would leave.

const TOP = 8;
const facetsOpen = new Set(["status", "family"]);
const unfolded = new Set();

// Anew only where what it shows has changed.
let legendBy = "";
function legend() {
  const by = JSON.stringify([leftBy, state.level, state.named]);
  if (by === legendBy) return;
  legendBy = by;
  filtersPanel();
}

function filtersPanel() {
  const box = document.getElementById("filters");
  const held = document.activeElement?.dataset?.key;
  box.replaceChildren();
  filled(box, {}, [
    el("div", { class: "filters-head" }, el("h2", {}, "Legend and filters"), filtered() && button("Clear", clearFilters, { class: "small" })),
    quick(),
    facet("status", "What came of it", Object.keys(STATUSES), (s) => [lineSample(s), el("span", { class: `mark is-${s}`, "aria-hidden": "true" }, STATUSES[s].mark), STATUSES[s].label]),
    facet("family", "Who and what", Object.keys(FAMILIES), (f) => [shape(f), FAMILIES[f].label]),
    facet("voice", "On whose word", Object.keys(VOICES), (v) => [VOICES[v]]),
    facet("speaker", "Speaker"), facet("type", "Kind of deed"), facet("place", "Where"),
    facet("article", "Article", null, (id) => [el("bdi", {}, nameOf(id)), el("span", { class: "also" }, ` ${things.get(id)?.publisher ?? ""}`)]),
    facet("plover", "PLOVER type"), sure(),
    el("ul", { class: "also legend-more" }, LEGEND.map(([sign, text]) => el("li", {}, el("span", { class: "mark", "aria-hidden": "true" }, sign), text))),
  ]);
  if (held) box.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function quick() {
  const on = state.status.length === 1 && state.status[0] === "pledged";
  return el("div", { class: "quick" }, el("button", { type: "button", "aria-pressed": String(on), "data-key": "quick", onclick: () => change({ status: on ? [] : ["pledged"] }) }, "Only what is pledged, not done"),
    el("button", { type: "button", "aria-pressed": String(state.named), "data-key": "named", onclick: () => change({ named: !state.named }) }, "Only who has a proper name"));
}

function familyCounts() {
  const found = new Map();
  const seen = new Set();
  for (const line of links) {
    if (line.level !== state.level || !line.facts.some((id) => left.has(id))) continue;
    for (const id of [line.source, line.target]) if (!seen.has(id)) { seen.add(id); found.set(familyOf(id), (found.get(familyOf(id)) ?? 0) + 1); }
  }
  return found;
}

function facet(name, heading, order = null, render = (value) => [el("bdi", {}, value)]) {
  const now = name === "family" ? familyCounts() : counts(name);
  const ever = name === "family" ? now : all(name);
  const options = order ? order.filter((v) => ever.has(v) || name === "status" || state[name].includes(v)) : [...ever.keys()].sort((a, b) => ever.get(b) - ever.get(a) || (a < b ? -1 : 1));
  if (!options.length || (options.length < 2 && !state[name].length && !order)) return null;
  const shown = unfolded.has(name) ? options : options.slice(0, order ? options.length : TOP);
  const details = el("details", { class: "facet", open: facetsOpen.has(name) || state[name].length > 0 }, el("summary", {}, heading, state[name].length > 0 && el("span", { class: "count" }, ` ${state[name].length} chosen`)),
    el("ul", {}, shown.map((value) => el("li", {}, choice(name, value, options, now.get(value) ?? 0, render)))),
    shown.length < options.length && button(`${options.length - shown.length} more`, () => { unfolded.add(name); foldOut(); }, { class: "more" }));
  details.addEventListener("toggle", () => (details.open ? facetsOpen.add(name) : facetsOpen.delete(name)));
  return details;
}

const LEGEND = [["△", "hollow: not done"], ["┄", "dashed edge: on someone's word"], ["⇄", "reported otherwise elsewhere"], ["∴", "worked out, not in so many words"], ["→", "thin: a lasting tie"], ["⋯", "dotted: who speaks of whom"], ["#", "numbers count facts"]];

const foldOut = () => filtersPanel();

function choice(name, value, options, count, render) {
  const on = !state[name].length || state[name].includes(value);
  const box = el("input", { type: "checkbox", checked: on, "data-key": `${name} ${value}`, onchange: () => toggle(name, value, options) });
  const only = state[name].length === 1 && state[name][0] === value;
  return [el("label", { class: count ? null : "nought" }, box, ...render(value), el("span", { class: "count" }, ` ${count.toLocaleString("en-GB")}`)),
    button(only ? "all" : "only", () => change({ [name]: only ? [] : [value] }), { class: "only", "data-key": `only ${name} ${value}`, "aria-label": only ? "Show all again" : `Only ${value}` })];
}

function toggle(name, value, options) {
  const now = state[name].length ? state[name] : options;
  const next = now.includes(value) ? now.filter((v) => v !== value) : [...now, value];
  change({ [name]: next.length === options.length ? [] : next }, false);
}

function sure() {
  if (!facts.some((fact) => fact.confidence !== undefined)) return null;
  return el("label", { class: "sure" }, `Sure of it: ${Math.round(state.sure * 100)}% or more`, el("span", { class: "count" }, ` ${facts.filter((fact) => left.has(fact.id)).length.toLocaleString("en-GB")}`), el("input", { type: "range", min: 0, max: 100, step: 5, value: Math.round(state.sure * 100), "data-key": "sure", onchange: (e) => change({ sure: Number(e.target.value) / 100 }, false) }));
}
