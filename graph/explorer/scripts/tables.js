// The same selection as rows: what the graph shows can be read, sorted and taken along here, without the drawing.

const PAGE = 200;
const sorting = {};

const TABLES = {
  deeds: { label: "Events", rows: () => shownDeeds(), columns: [
    ["What", (d) => plainly(d), (d) => el("button", { type: "button", class: "fact", onclick: () => choose(d.id) }, el("bdi", {}, plainly(d)))],
    ["Status", (d) => [STATUSES[d.status].label, disputes.has(d.id) && "disputed", d.basis === "inferred" && "worked out"].filter(Boolean).join(", "), (d) => [badge(d.status), provisos(d)]],
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
const named = (d, role) => [...new Map((d.parts ?? []).filter((p) => p.role === role || (role === "agent" && p.role === "coAgent")).map((p) => [p.ref || p.words, p])).values()].map((p) => el("div", {}, p.ref ? reference(p.ref) : el("bdi", {}, p.words)));
function voiced(fact) { return chain(fact).map((v) => v.name).join(", quoted by ") || "the article"; }
function voicedCell(fact) { return chain(fact).length ? chain(fact).map((v, n) => [n ? ", quoted by " : "", v.ref ? reference(v.ref) : el("bdi", {}, v.name)]) : "the article"; }
function sourced(fact) { const a = things.get(fact.article); return a ? [a.title, a.publisher, a.published].filter(Boolean).join(", ") : ""; }
function sourcedCell(fact) {
  const a = things.get(fact.article);
  if (!a) return "";
  const [begin, end] = fact.sentences?.[0] ?? [0, 0];
  return el("button", { type: "button", class: "read", onclick: () => readAt(a.id, begin, end) }, broken(a.title, 46, 1)[0], el("span", { class: "also" }, [a.publisher, a.published].filter(Boolean).join(", ")));
}

function tableView() {
  return [el("div", { class: "bar" }, el("div", { class: "switch", role: "group", "aria-label": "Rows" }, Object.entries(TABLES).map(([name, { label, rows }]) =>
    button(`${label} ${rows().length}`, () => change({ rows: name }, false), { "aria-pressed": String(name === state.rows), "data-key": `rows ${name}` })))), grid(state.rows, TABLES[state.rows])];
}

function grid(name, { label, rows, columns }) {
  const sort = (sorting[name] ??= { by: -1, down: false, most: PAGE });
  const sorted = inOrder(name, { rows, columns });
  const heads = columns.map(([head], n) => el("th", { scope: "col", "aria-sort": sort.by === n ? (sort.down ? "descending" : "ascending") : "none" },
    button(`${head}${sort.by === n ? (sort.down ? " ↓" : " ↑") : ""}`, () => { Object.assign(sort, { down: sort.by === n && !sort.down, by: n }); render(); }, { "data-key": `${name} ${n}` })));
  const body = sorted.slice(0, sort.most).map((row) => el("tr", { class: row.id === state.chosen ? "chosen" : null }, columns.map(([head, text, cell]) => el("td", { "data-head": head }, cell ? cell(row) : String(text(row))))));
  return el("div", { class: "rows", tabindex: "0", role: "region", "aria-label": label },
    el("p", { class: "also" }, `${plural(sorted.length, "row")} `, sorted.length > 0 && button("CSV", () => saveCsv(name, columns, sorted), { class: "small" }), sorted.length > 0 && button("Copy", () => copyRows(columns, sorted), { class: "small" })),
    sorted.length ? el("table", {}, el("caption", { class: "unseen" }, label), el("thead", {}, el("tr", {}, heads)), el("tbody", {}, body)) : el("p", { class: "empty" }, "Nothing is left with these filters."),
    sorted.length > sort.most && button(`${Math.min(PAGE, sorted.length - sort.most)} more`, () => { sort.most += PAGE; render(); }, { class: "more" }));
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (!a !== !b) return a ? -1 : 1;
  return COLLATOR.compare(String(a), String(b));
}

// Pledges: the promise with what is promised in one row, and what is told of the same deed since.
let pledgesOf = { left: null, rows: [] };
function pledgeRows() {
  if (pledgesOf.left === left) return pledgesOf.rows;
  const promises = shownDeeds().filter((d) => d.status === "pledged" || (d.type === "pledge" && d.status === "done"));
  const contents = new Set(promises.filter((d) => d.type === "pledge").flatMap((d) => (d.parts ?? []).filter((p) => p.role === "content").map((p) => p.ref)));
  const rows = promises.filter((d) => !contents.has(d.id)).map((d) => ({ id: d.id, deed: d, content: (d.parts ?? []).filter((p) => p.role === "content").map((p) => things.get(p.ref)).find(Boolean) ?? null }));
  pledgesOf = { left, rows };
  return rows;
}

const either = (row, read) => read(row.deed) || (row.content ? read(row.content) : "");
const whole = (row) => (row.content?.of === "deed" ? row.content : row.deed);
const refs = (deed, fits) => (deed?.parts ?? []).filter((p) => p.ref && fits(p.role)).map((p) => p.ref);

// To whom or for what: who takes a part in the promise without making it, or is spoken of in its sentence. Without a
// proper name each article has its own, so that the name counts.
const whomKnown = new Map();
function whomOf(row) {
  if (!whomKnown.has(row.id)) whomKnown.set(row.id, new Map(about(row).map((ref) => [called(ref), ref])));
  return whomKnown.get(row.id);
}

const called = (ref) => folded(nameOf(ref)).replace(/^(the|an?) /, "");
const spokenOf = (deed) => (things.get(deed.article)?.mentions ?? []).filter(([begin, end]) => (deed.sentences ?? []).some(([b, e]) => b <= begin && end <= e)).map(([, , ref]) => ref);

function about({ deed, content }) {
  const deeds = content?.of === "deed" ? [deed, content] : [deed];
  const makers = new Set(deeds.flatMap((d) => refs(d, isDoer)));
  const others = deeds.flatMap((d) => [...refs(d, (role) => !isDoer(role)), ...spokenOf(d)]);
  return [...new Set(others)].filter((ref) => ["place", "organisation", "person", "group"].includes(things.get(ref)?.family) && !makers.has(ref));
}

const isDoer = (role) => role === "agent" || role === "coAgent";

let doneOf = null;
const sinceKnown = new Map();
function since(row) {
  if (!sinceKnown.has(row.id)) sinceKnown.set(row.id, laterDeeds(row));
  return sinceKnown.get(row.id);
}

function laterDeeds(row) {
  const deed = whole(row);
  if (!doneOf) {
    doneOf = new Map();
    for (const d of story.deeds) if ((d.status === "done" || d.status === "denied") && d.type !== "pledge") for (const ref of refs(d, (role) => role === "agent")) note(doneOf, `${d.type} ${ref}`, d);
  }
  const makers = [...new Set([...refs(row.deed, (role) => role === "agent"), ...refs(deed, (role) => role === "agent")])];
  const about = new Set(refs(deed, (role) => role !== "agent"));
  const day0 = days(row.deed, "event")?.[0] ?? things.get(row.deed.article)?.published ?? "";
  const found = makers.flatMap((ref) => doneOf.get(`${deed.type} ${ref}`) ?? []).filter((d) => d.id !== deed.id && d.id !== row.deed.id
    && refs(d, (role) => role !== "agent").some((ref) => about.has(ref)) && (days(d, "event")?.[1] ?? things.get(d.article)?.published ?? "9999") >= day0);
  return [...new Set([...extentsOf(row).keys()].map((id) => things.get(id)).concat(found))];
}

// How much of what was promised a later report counts, by the report.
const extentsOf = (row) => new Map((story.outcomes ?? []).filter(([pledge]) => pledge === row.id).map(([, report, extent]) => [report, extent]));
const extent = (row, deed) => extentsOf(row).get(deed.id) ?? "";

const PLEDGES = [
  ["Who", (r) => either(r, (d) => inRole(d, "agent")), (r) => (inRole(r.deed, "agent") ? named(r.deed, "agent") : named(whole(r), "agent"))],
  ["What", (r) => plainly(whole(r)), (r) => el("button", { type: "button", class: "fact", onclick: () => choose(r.id) }, el("bdi", {}, whole(r).label.replace(/ \((not, )?pledged\)$/, "")))],
  ["How many", (r) => either(r, (d) => [...new Set((d.figures ?? []).map((f) => f.words))].join("; "))],
  ["To whom", (r) => either(r, (d) => inRole(d, "recipient") || inRole(d, "place")), (r) => { const d = inRole(r.deed, "recipient") ? r.deed : whole(r); return inRole(d, "recipient") ? named(d, "recipient") : named(d, "place"); }],
  ["When", (r) => either(r, (d) => days(d, "event")?.[0] ?? ""), (r) => either(r, (d) => (d.times ?? []).map((t) => t.words).join("; "))],
  ["Said by", (r) => voiced(r.deed), (r) => voicedCell(r.deed)],
  ["What became of it", (r) => since(r).map((d) => `${STATUSES[d.status].label}: ${d.label}${extent(r, d) ? ` (if it is about this: ${extent(r, d)})` : ""}`).join("; ") || "nothing told since", (r) => (since(r).length ? since(r).slice(0, 4).map((d) => el("div", {}, badge(d.status), " ", el("button", { type: "button", class: "fact", onclick: () => choose(d.id) }, el("bdi", {}, d.label)), extent(r, d) && el("div", { class: "also" }, `If it is about this: ${extent(r, d)}`))) : el("span", { class: "also" }, "nothing told since"))],
  ["Where written", (r) => sourced(r.deed), (r) => sourcedCell(r.deed)],
];

const pledgesShown = () => pledgeRows().filter((row) => (!state.whom || whomOf(row).has(state.whom)) && (!state.unkept || !since(row).length));
const pledgeGrid = () => ({ label: "Pledges", rows: pledgesShown, columns: PLEDGES });
const MOST_WHOM = 8;

function pledgesView() {
  return [el("p", { class: "lead" }, "What has been promised. A promise is no deed: what is told since of the same kind of deed, by the same doer and about the same, stands beside it."), pledgeChips(), grid("pledges", pledgeGrid())];
}

function pledgeChips() {
  const tally = new Map();
  for (const row of pledgeRows()) for (const [name, ref] of whomOf(row)) tally.set(name, { name, ref: tally.get(name)?.ref ?? ref, rows: (tally.get(name)?.rows ?? 0) + 1 });
  const most = [...tally.values()].sort((a, b) => b.rows - a.rows || weightOf(b.ref) - weightOf(a.ref) || (a.name < b.name ? -1 : 1));
  const chips = most.filter(({ name }, n) => n < MOST_WHOM || name === state.whom);
  const open = pledgeRows().filter((row) => !since(row).length).length;
  return el("div", { class: "chips", role: "group", "aria-label": "Which pledges" },
    el("span", { class: "also" }, "To or about"), chips.map(chip),
    most.length > chips.length && el("select", { "aria-label": "To or about another", "data-key": "whom", onchange: (e) => change({ whom: e.target.value }) }, el("option", { value: "" }, "another …"), most.filter((each) => !chips.includes(each)).map(({ name, ref, rows }) => el("option", { value: name }, `${nameOf(ref)} ${rows}`))),
    el("button", { type: "button", class: "chip", "data-key": "unkept", "aria-pressed": String(state.unkept), onclick: () => change({ unkept: !state.unkept }) }, "Nothing told since", el("span", { class: "count" }, ` ${open}`)));
}

function chip({ name, ref, rows }) {
  const on = name === state.whom;
  return el("button", { type: "button", class: "chip", "data-key": `whom ${name}`, "aria-pressed": String(on), onclick: () => change({ whom: on ? "" : name }) }, shape(familyOf(ref)), el("bdi", {}, nameOf(ref)), el("span", { class: "count" }, ` ${rows}`));
}

// The rows that are looked at, for whoever takes them along.
function shownRows() {
  const [name, table] = state.view === "pledges" ? ["pledges", pledgeGrid()] : [state.rows, TABLES[state.rows]];
  return { name, columns: table.columns, rows: inOrder(name, table) };
}

function inOrder(name, { rows, columns }) {
  const sort = sorting[name];
  const value = columns[sort?.by]?.[1];
  if (!value) return rows();
  const keyed = rows().map((row) => [value(row), row]);
  return keyed.sort(([a], [b]) => compare(a, b) * (sort.down ? -1 : 1)).map(([, row]) => row);
}
