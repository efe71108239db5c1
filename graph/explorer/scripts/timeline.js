// Lanes by actor: what each did or had done to them, by day; spans as bars; the undated are counted, with the table's way to them.

const LANES = 14;
const ROWS = 6;

function timelineView() {
  const deeds = shownDeeds();
  const dated = deeds.map((d) => ({ deed: d, span: days(d, state.by) })).filter(({ span }) => span && span[0]);
  const undated = deeds.length - dated.length;
  const noteBelow = el("p", { class: "also" }, `${plural(undated, "event")} of this selection without a date `, undated > 0 && button("in the table", () => { sorting.deeds = { by: 5, down: true, most: PAGE }; change({ view: "facts", rows: "deeds" }); }, { class: "small" }));
  if (!dated.length) return [el("p", { class: "empty" }, "Nothing that is left has a date."), noteBelow];
  const lanes = new Map();
  for (const each of dated) for (const ref of new Set((each.deed.parts ?? []).map((p) => p.ref).filter((ref) => things.get(ref)?.of === "actor" && shown(ref)))) note(lanes, ref, each);
  const order = [...lanes.keys()].sort((a, b) => lanes.get(b).length - lanes.get(a).length || weightOf(b) - weightOf(a) || (a < b ? -1 : 1));
  const [first, last] = range(dated.flatMap(({ span: [a, b] }) => [stamp(a), stamp(b || a)]));
  const scale = (time) => Math.min(Math.max(((time - first) / Math.max(last - first, DAY)) * 96 + 2, 0.5), 99.5);
  return [
    el("p", { class: "lead" }, `The ${Math.min(LANES, order.length)} of ${plural(order.length, "actor")} with most events, ${state.by === "event" ? "by the day of the event" : "by the day of publication"}. A bar is a date known to a week, a month or a year; ‹ and › lie far before and after.`),
    el("div", { class: "lanes", role: "list" }, order.slice(0, LANES).map((ref) => lane(ref, lanes.get(ref), scale, first, last)), axis(first, last, scale)), noteBelow,
  ];
}

function lane(ref, those, scale, first, last) {
  const ends = [];
  let over = 0;
  const marks = [...those].sort((a, b) => (a.span[0] < b.span[0] ? -1 : 1)).map(({ deed, span: [a, b] }) => {
    const x = scale(stamp(a));
    const wide = Math.max(scale(stamp(b || a)) - x, 0);
    let row = ends.findIndex((end) => end < x - 0.2);
    if (row < 0) row = ends.length;
    if (row >= ROWS) { over += 1; return null; }
    ends[row] = x + Math.max(wide, 1.7);
    const mark = button(STATUSES[deed.status].mark, () => choose(deed.id), { class: `event-mark is-${deed.status}${wide > 2.2 ? " long" : ""}${deed.id === state.chosen ? " chosen" : ""}`, title: `${plainly(deed)} ${(deed.times ?? []).map((t) => t.words).join("; ")}`, "aria-label": `${STATUSES[deed.status].label}: ${plainly(deed)}` });
    mark.style.left = `${x}%`;
    mark.style.top = `${row * 22 + 4}px`;
    if (wide > 2.2) mark.style.width = `${wide}%`;
    if (stamp(b || a) < first || stamp(a) > last) { mark.classList.add("far"); mark.textContent = stamp(a) > last ? "›" : "‹"; }
    return mark;
  });
  const track = el("div", { class: "track" }, marks.filter(Boolean));
  track.style.minHeight = `${Math.max(ends.length, 1) * 22 + 8}px`;
  return el("div", { class: "lane", role: "listitem" }, el("div", { class: "lane-name" }, reference(ref), over > 0 && button(`and ${over} more`, () => choose(ref), { class: "more", "aria-label": `All of ${nameOf(ref)}, ${over} more` })), track);
}

function axis(first, last, scale) {
  const span = (last - first) / DAY;
  const unit = span > 1500 ? "year" : span > 90 ? "month" : "week";
  const ticks = [];
  for (let at = floor(first, unit); at <= last; at = next(at, unit)) if (at >= first) ticks.push(at);
  const every = Math.max(Math.ceil(ticks.length / 8), 1);
  return el("div", { class: "lane axis", "aria-hidden": "true" }, el("div", { class: "lane-name" }), el("div", { class: "track" }, ticks.filter((at, n) => n % every === 0 && scale(at) < 95).map((at) => { const t = el("span", {}, tick(at, unit)); t.style.left = `${scale(at)}%`; return t; })));
}
