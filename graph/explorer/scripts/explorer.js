// The shell: views, keys, and what is drawn anew when something changes.

function views() {
  const counts = { pledges: pledgeRows().length, map: located.length, sources: story.articles.length };
  document.getElementById("views").replaceChildren(...Object.entries(VIEWS).map(([view, label]) =>
    button(counts[view] === undefined ? label : `${label} ${counts[view]}`, () => change({ view, read: "" }), { "data-view": view, "aria-current": state.view === view ? "page" : null })));
  const row = document.getElementById("views");
  const now = row.querySelector("[aria-current]");
  row.scrollLeft = Math.max(0, now.offsetLeft - row.offsetLeft + now.offsetWidth - row.clientWidth + 40);
}

function made() {
  const dates = story.articles.map((a) => a.published).filter(Boolean).sort();
  const span = dates.length ? (dates[0] === dates[dates.length - 1] ? `of ${day(dates[0])}` : `from ${day(dates[0])} to ${day(dates[dates.length - 1])}`) : "";
  document.getElementById("made").textContent = [`${plural(story.articles.length, "article")} ${span}`.trim(), ...counted()].filter(Boolean).join(" · ");
}

// As whodid stats counts them; an act of saying is an event, but is shown as the statement that it makes.
function counted() {
  const sayings = story.deeds.filter((d) => d.saying).length;
  const saying = sayings ? ` (${sayings.toLocaleString("en-GB")} of them sayings)` : "";
  return [plural(story.actors.length, "entity", "entities"), plural(story.deeds.length, "event") + saying, plural(story.statements.length, "statement"), book.part];
}

let viewDrawn = "";
function view() {
  const main = document.getElementById("view");
  document.body.dataset.view = state.view;
  document.body.classList.toggle("filters-open", state.open);
  document.getElementById("open-filters")?.setAttribute("aria-expanded", String(state.open));
  document.getElementById("png").disabled = state.view !== "graph";
  document.getElementById("svg").disabled = !["graph", "map"].includes(state.view);
  if (state.view === "graph") {
    if (viewDrawn !== "graph") main.replaceChildren(...graphView(), el("div", { id: "time", role: "group", "aria-label": "Time" }));
    viewDrawn = "graph";
    return;
  }
  const scrollTop = main.firstElementChild?.scrollTop ?? 0;
  const held = document.activeElement?.dataset?.key;
  const same = viewDrawn === state.view;
  const content = { pledges: pledgesView, facts: tableView, timeline: timelineView, map: mapView, sources: sourcesView }[state.view]();
  main.replaceChildren(el("div", { class: `sheet sheet-${state.view}` }, content), el("div", { id: "time", role: "group", "aria-label": "Time" }));
  if (same) main.firstElementChild.scrollTop = scrollTop;
  if (state.view === "map") lookAtMap();
  if (held) main.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
  viewDrawn = state.view;
}

function keys(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if (event.key === "/" && !typing) { event.preventDefault(); document.getElementById("seek").focus(); }
  else if (event.key === "Escape") {
    if (state.read) change({ read: "" });
    else if (state.chosen) change({ chosen: "" });
    else if (state.focus || state.path) change({ focus: "", path: "" });
  } else if (event.key === "z" && (event.ctrlKey || event.metaKey) && !typing) { event.preventDefault(); undo(); }
}

renderers.push(repaint, select, views, storyBar, legend, view, histogram, panel, () => draw());
readAddress();
tools();
made();
startSearch();
searchFirst();
startStory();
document.addEventListener("keydown", keys);
window.addEventListener("hashchange", () => { readAddress(); render(); });
window.addEventListener("popstate", () => { readAddress(); render(); });
for (const [event, printing] of [["beforeprint", true], ["afterprint", false]]) window.addEventListener(event, () => { document.body.classList.toggle("printing", printing); render(); });
dark.addEventListener("change", () => render());
render();
document.body.dataset.ready = "yes";
