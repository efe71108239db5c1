// The same selection as rows: what the graph shows can be read, sorted and taken along here, without the drawing.

const PAGE = 200;
const sorting = {};
let tableOf = "deeds";

const TABLES = {
  deeds: { label: "Events", rows: () => shownDeeds(), columns: [
    ["What", (d) => plainly(d), (d) => el("button", { type: "button", class: "fact", onclick: () => choose(d.id) }, el("bdi", {}, plainly(d)))],
    ["Status", (d) => STATUSES[d.status].label, (d) => badge(d.status)],
    ["Who", (d) => inRole(d, "agent"), (d) => named(d, "agent")],
    ["To or for whom", (d) => inRole(d, "recipient"), (d) => named(d, "recipient")],
    ["Where", (d) => inRole(d, "place"), (d) => named(d, "place")],
    ["When", (d) => days(d, "event")?.[0] ?? "", (d) => (d.times ?? []).map((t) => t.words).join("; ")],
    ["How many", (d) => (d.figures ?? []).map((f) => f.words).join("; ")],
    ["On whose word", voiced, voicedCell],
    ["Source", sourced, sourcedCell],
  ] },
  actors: { label: "Actors", rows: () => shownActors(), columns: [
    ["Name", (a) => a.name, (a) => reference(a.id)], ["Kind", (a) => a.kind], ["Also", (a) => (a.aliases ?? []).join("; ")],
    ["Facts", (a) => (factsOf.get(a.id) ?? []).filter((f) => left.has(f.id)).length], ["Mentions", (a) => a.mentions ?? 0],
  ] },
  statements: { label: "Statements", rows: () => story.statements.filter((c) => left.has(c.id)), columns: [
    ["Speaker", (c) => c.speaker, (c) => (c.ref ? reference(c.ref) : c.speaker)],
    ["Said", (c) => c.text, (c) => el("button", { type: "button", class: "fact", onclick: () => choose(c.id) }, el("q", {}, el("bdi", {}, c.text)))],
    ["Form", (c) => c.form], ["Passed on by", (c) => (c.relays ?? []).map(([n]) => n).join("; ")], ["Source", sourced, sourcedCell],
  ] },
  ties: { label: "Ties", rows: () => story.ties.filter((t) => left.has(t.id)), columns: [
    ["Who", (t) => nameOf(t.subject), (t) => reference(t.subject)], ["Tie", (t) => `${t.status === "denied" ? "not " : ""}${t.verb}`], ["Whom", (t) => nameOf(t.object), (t) => reference(t.object)],
    ["On whose word", voiced, voicedCell], ["Source", sourced, sourcedCell],
  ] },
};

const shownDeeds = () => story.deeds.filter((d) => left.has(d.id));
const shownActors = () => story.actors.filter((a) => shown(a.id) && (factsOf.get(a.id) ?? []).some((f) => left.has(f.id)));
const inRole = (d, role) => [...new Set((d.parts ?? []).filter((p) => p.role === role || (role === "agent" && p.role === "coAgent")).map((p) => (p.ref ? nameOf(p.ref) : p.words)))].join("; ");
const named = (d, role) => [...new Map((d.parts ?? []).filter((p) => p.role === role || (role === "agent" && p.role === "coAgent")).map((p) => [p.ref || p.words, p])).values()].map((p) => (p.ref ? reference(p.ref) : el("bdi", {}, p.words)));
function voiced(fact) { return chain(fact).map((v) => v.name).join(", quoted by ") || "the article"; }
function voicedCell(fact) { return chain(fact).length ? chain(fact).map((v, n) => [n ? ", quoted by " : "", v.ref ? reference(v.ref) : el("bdi", {}, v.name)]) : "the article"; }
function sourced(fact) { const a = things.get(fact.article); return a ? [a.title, a.publisher, a.published].filter(Boolean).join(", ") : ""; }
function sourcedCell(fact) {
  const a = things.get(fact.article);
  if (!a) return "";
  const [begin, end] = fact.sentences?.[0] ?? [0, 0];
  return el("button", { type: "button", class: "read", onclick: () => change({ read: `${a.id}:${begin}-${end}` }) }, [a.publisher || a.title, a.published].filter(Boolean).join(", "));
}

function tableView() {
  return [el("div", { class: "bar" }, el("div", { class: "switch", role: "group", "aria-label": "Rows" }, Object.entries(TABLES).map(([name, { label, rows }]) =>
    button(`${label} ${rows().length}`, () => { tableOf = name; render(); }, { "aria-pressed": String(name === tableOf) })))), grid(tableOf, TABLES[tableOf])];
}

function grid(name, { label, rows, columns }) {
  const sort = (sorting[name] ??= { by: -1, down: false, most: PAGE });
  const all = rows();
  const value = columns[sort.by]?.[1];
  const sorted = value ? [...all].sort((a, b) => compare(value(a), value(b)) * (sort.down ? -1 : 1)) : all;
  const heads = columns.map(([head], n) => el("th", { scope: "col", "aria-sort": sort.by === n ? (sort.down ? "descending" : "ascending") : "none" },
    button(`${head}${sort.by === n ? (sort.down ? " ↓" : " ↑") : ""}`, () => { Object.assign(sort, { down: sort.by === n && !sort.down, by: n }); render(); }, { "data-key": `${name} ${n}` })));
  const body = sorted.slice(0, sort.most).map((row) => el("tr", { class: row.id === state.chosen ? "chosen" : null }, columns.map(([head, text, cell]) => el("td", { "data-head": head }, cell ? cell(row) : String(text(row))))));
  return el("div", { class: "rows", tabindex: "0", role: "region", "aria-label": label },
    el("p", { class: "also" }, `${plural(all.length, "row")} `, all.length > 0 && button("CSV", () => saveCsv(name, columns, sorted), { class: "small" }), all.length > 0 && button("Copy", () => copyRows(columns, sorted), { class: "small" })),
    all.length ? el("table", {}, el("caption", { class: "unseen" }, label), el("thead", {}, el("tr", {}, heads)), el("tbody", {}, body)) : el("p", { class: "empty" }, "Nothing is left with these filters."),
    sorted.length > sort.most && button(`${Math.min(PAGE, sorted.length - sort.most)} more`, () => { sort.most += PAGE; render(); }, { class: "more" }));
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (!a !== !b) return a ? -1 : 1;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

// Pledges: the promise with what is promised in one row, and what is told of the same deed since.
function pledgeRows() {
  const promises = shownDeeds().filter((d) => d.status === "pledged" || (d.type === "pledge" && d.status === "done"));
  const contents = new Set(promises.filter((d) => d.type === "pledge").flatMap((d) => (d.parts ?? []).filter((p) => p.role === "content").map((p) => p.ref)));
  return promises.filter((d) => !contents.has(d.id)).map((d) => ({ id: d.id, deed: d, content: (d.parts ?? []).filter((p) => p.role === "content").map((p) => things.get(p.ref)).find(Boolean) ?? null }));
}

const either = (row, read) => read(row.deed) || (row.content ? read(row.content) : "");
const whole = (row) => (row.content?.of === "deed" ? row.content : row.deed);

function since(row) {
  const deed = whole(row);
  const who = new Set([...row.deed.parts ?? [], ...deed.parts ?? []].filter((p) => p.role === "agent").map((p) => p.ref).filter(Boolean));
  const about = new Set((deed.parts ?? []).filter((p) => p.role !== "agent").map((p) => p.ref).filter(Boolean));
  const day0 = days(row.deed, "event")?.[0] ?? things.get(row.deed.article)?.published ?? "";
  return story.deeds.filter((d) => d.id !== deed.id && d.id !== row.deed.id && d.type === deed.type && d.type !== "pledge" && (d.status === "done" || d.status === "denied")
    && (d.parts ?? []).some((p) => p.role === "agent" && who.has(p.ref)) && (d.parts ?? []).some((p) => p.role !== "agent" && about.has(p.ref))
    && (days(d, "event")?.[1] ?? things.get(d.article)?.published ?? "9999") >= day0);
}

const PLEDGES = [
  ["Who", (r) => either(r, (d) => inRole(d, "agent")), (r) => (inRole(r.deed, "agent") ? named(r.deed, "agent") : named(whole(r), "agent"))],
  ["What", (r) => plainly(whole(r)), (r) => el("button", { type: "button", class: "fact", onclick: () => choose(r.id) }, el("bdi", {}, whole(r).label.replace(/ \((not, )?pledged\)$/, "")))],
  ["How many", (r) => either(r, (d) => [...new Set((d.figures ?? []).map((f) => f.words))].join("; "))],
  ["To whom", (r) => either(r, (d) => inRole(d, "recipient") || inRole(d, "place")), (r) => { const d = inRole(r.deed, "recipient") ? r.deed : whole(r); return inRole(d, "recipient") ? named(d, "recipient") : named(d, "place"); }],
  ["When", (r) => either(r, (d) => days(d, "event")?.[0] ?? ""), (r) => either(r, (d) => (d.times ?? []).map((t) => t.words).join("; "))],
  ["Said by", (r) => voiced(r.deed), (r) => voicedCell(r.deed)],
  ["What became of it", (r) => since(r).length, (r) => (since(r).length ? since(r).slice(0, 4).map((d) => [badge(d.status), " ", el("button", { type: "button", class: "fact", onclick: () => choose(d.id) }, el("bdi", {}, d.label)), " "]) : [badge("pledged"), " nothing told since"])],
  ["Where written", (r) => sourced(r.deed), (r) => sourcedCell(r.deed)],
];

function pledgesView() {
  return [el("p", { class: "lead" }, "What has been promised. A promise is no deed: what is told since of the same kind of deed, by the same doer and about the same, stands beside it."),
    grid("pledges", { label: "Pledges", rows: pledgeRows, columns: PLEDGES })];
}
