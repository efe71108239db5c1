// The evidence panel: one thing, its facts in sentences, and for each the words that say so, marked in their sentence.

const ROLES = { agent: "who", coAgent: "together with", recipient: "to or for whom", theme: "what", result: "with what result", content: "what it is about", place: "where", purpose: "what for" };
const FIRST = 12;

function panel() {
  const box = document.getElementById("panel");
  const content = state.read ? reader() : state.path ? pathsPanel() : state.chosen ? chosenPanel() : null;
  document.body.classList.toggle("with-panel", Boolean(content) || (state.view === "graph" && window.matchMedia("(min-width: 901px)").matches));
  box.replaceChildren();
  filled(box, {}, [content ?? welcome()]);
  if (state.read) box.querySelector("mark.evidence")?.scrollIntoView({ block: "center" });
  else box.scrollTop = 0;
}

function closing() {
  return button("×", () => change({ chosen: "", path: "", read: "" }), { class: "close", "aria-label": "Close the panel" });
}

function chosenPanel() {
  const line = linkById.get(state.chosen);
  if (line) return linePanel(line);
  const thing = things.get(state.chosen);
  if (!thing) return null;
  return { actor: actorPanel, deed: (d) => [title(d.id, d.type), card(d, true), ...replies(d)], statement: statementPanel, tie: (t) => [title(t.id, "tie"), card(t, true)], article: articlePanel }[thing.of](thing);
}

function title(id, kind, ...more) {
  return el("div", { class: "title" }, closing(), el("h2", {}, shape(familyOf(id)), el("bdi", {}, nameOf(id))), el("p", { class: "kind" }, kind, ...more), actions(id));
}

function actorPanel(actor) {
  const own = factsOf.get(actor.id) ?? [];
  const does = own.filter((f) => f.of === "deed" && f.parts.some((p) => p.ref === actor.id && /gent$/.test(p.role)));
  const groups = [
    ["Does", does],
    ["Is part of", own.filter((f) => f.of === "deed" && !does.includes(f))],
    ["Says", own.filter((f) => f.of === "statement")],
    ["Ties", own.filter((f) => f.of === "tie")],
  ];
  const notes = [
    actor.aliases?.length && el("p", { class: "also" }, "Also ", actor.aliases.flatMap((a, n) => [n ? ", " : "", el("bdi", {}, a)])),
    actor.existence && el("p", { class: "also" }, `Only ${actor.existence}: spoken of, not reported to exist.`),
    !actor.named && el("p", { class: "also" }, "Without a proper name; known from one article."),
    known(actor),
    promisedTo(actor),
  ];
  return [
    title(actor.id, `${actor.kind} · ${plural(own.length, "fact")} · ${plural(actor.mentions ?? 0, "mention")}`),
    ...notes, ...groups.map(([heading, those]) => section(heading, those)),
    el("p", { class: "iri" }, actor.iri),
  ];
}

// What others call it by: a name of the register, and a link where it is one's address.
const REGISTERS = [
  [/^https?:\/\/(?:www\.)?wikidata\.org\/(?:entity|wiki)\/(Q\d+)$/, "Wikidata", (id) => `https://www.wikidata.org/wiki/${id}`],
  [/^https?:\/\/(?:sws\.|www\.)?geonames\.org\/(\d+)\/?/, "GeoNames", (id) => `https://www.geonames.org/${id}`],
  [/^ISO(?: 3166(?:-\d)?)?[ :-]+(\w+(?:-\w+)?)$/i, "ISO 3166", () => ""],
];

function identifier(text) {
  for (const [pattern, register, address] of REGISTERS) {
    const id = pattern.exec(text)?.[1];
    if (id) return [`${register} `, address(id) ? link(address(id), id) : el("bdi", {}, id)];
  }
  return webAddress(text) ? link(text, text.replace(/^https?:\/\/(www\.)?/, "").slice(0, 60)) : el("bdi", {}, text);
}

function known(actor) {
  const all = [...new Set([...(actor.identifiers ?? []), ...(actor.same ?? [])])];
  return all.length > 0 && el("p", { class: "also identifiers" }, "Known as ", all.map((each, n) => [n ? ", " : "", identifier(each)]));
}

function promisedTo(actor) {
  const rows = pledgeRows().filter((row) => whomOf(row).has(called(actor.id)));
  return rows.length > 0 && el("p", {}, button(`${plural(rows.length, "pledge")} to or about ${actor.name}`, () => change({ view: "pledges", whom: called(actor.id) }), { class: "more" }));
}

function section(heading, those) {
  if (!those.length) return null;
  const shown = those.filter((fact) => left.has(fact.id)).sort(byTime);
  const hidden = those.length - shown.length;
  const list = el("div", {}, shown.slice(0, FIRST).map((fact) => card(fact)));
  const more = shown.length > FIRST && button(`${shown.length - FIRST} more`, (event) => {
    list.append(...shown.slice(FIRST).map((fact) => card(fact)));
    event.target.remove();
  }, { class: "more" });
  return el("section", {}, el("h3", {}, heading, el("span", { class: "count" }, ` ${shown.length}`)), list, more,
    hidden > 0 && el("p", { class: "also" }, `${plural(hidden, "fact")} left out by the filters.`));
}

const timeOf = (fact) => days(fact, "event")?.[0] || things.get(fact.article)?.published || "9999";
const byTime = (a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0);

function linePanel(line) {
  const those = line.facts.map((id) => things.get(id));
  const ends = el("div", { class: "ends" }, reference(line.source), el("span", { class: "arrow", "aria-label": "to" }, "→"), reference(line.target));
  const what = line.kind === "tie" ? line.name : line.kind === "words" ? "speaks of" : line.status ? badge(line.status) : line.name;
  return [el("div", { class: "title" }, closing(), el("h2", {}, "Between"), ends, el("p", { class: "kind" }, what, ` · ${plural(those.length, "fact")}`)), section("Facts", those)];
}

function statementPanel(statement) {
  return [title(statement.id, `${statement.form} statement`), card(statement, true), ...replies(statement)];
}

function replies(thing) {
  const reports = (reportedBy.get(thing.id) ?? []).filter((fact) => fact.id !== thing.id);
  const against = (disputes.get(thing.id) ?? []).map(({ other, about }) => [about, things.get(other)]).filter(([, other]) => other);
  return [
    section("What it reports", reports),
    against.length > 0 && el("section", { class: "against" }, el("h3", {}, "Reported otherwise"), against.map(([about, other]) => [el("p", { class: "also" }, about === "figures" ? "Another figure:" : "Said not to be so, or to be so:"), card(other)])),
  ];
}

function articlePanel(article) {
  const own = factsOf.get(article.id) ?? [];
  return [
    title(article.id, [article.publisher, day(article.published)].filter(Boolean).join(", ")),
    el("div", { class: "actions" }, button("Read it here", () => readAt(article.id)), article.url && link(article.url, "Original")),
    section("What it tells", own.filter((f) => f.of === "deed")), section("Who said what", own.filter((f) => f.of === "statement")), section("Ties", own.filter((f) => f.of === "tie")),
  ];
}

function card(fact, whole = false) {
  return el("article", { class: `card is-${fact.status ?? "said"}${fact.claim || fact.of === "statement" ? " on-word" : ""}`, "data-fact": fact.id },
    sentence(fact, whole), quotation(fact), source(fact), (whole || fact.of !== "deed") && details(fact),
    el("div", { class: "foot" }, !whole && fact.of === "deed" && el("details", {}, el("summary", {}, "Particulars"), details(fact)), citing(fact)));
}

function sentence(fact, whole) {
  if (fact.of === "tie") return el("p", { class: "said" }, reference(fact.subject), ` ${fact.status === "denied" ? "not " : ""}${fact.verb} `, reference(fact.object), provisos(fact));
  if (fact.of === "statement") return el("p", { class: "said" }, fact.ref ? reference(fact.ref) : el("bdi", {}, fact.speaker), ": ", el("q", {}, el("bdi", {}, fact.text)), provisos(fact));
  return el("p", { class: "said" }, badge(fact.status), " ", whole ? el("bdi", {}, plainly(fact)) : el("button", { type: "button", class: "fact", onclick: () => choose(fact.id) }, el("bdi", {}, plainly(fact))),
    provisos(fact));
}

// What else a reader must know of a fact before believing it.
function provisos(fact) {
  return [
    disputes.has(fact.id) && el("span", { class: "badge disputed", title: "another report says otherwise" }, el("span", { "aria-hidden": "true" }, "⇄"), " disputed"),
    fact.basis === "inferred" && el("span", { class: "badge inferred", title: "not in so many words: worked out from the text" }, el("span", { "aria-hidden": "true" }, "∴"), " worked out"),
  ];
}

// The sentence without the status that the badge says already, and without the voice that the chain says.
function plainly(fact) {
  const text = fact.said.replace(/^[^:—]*?: (?=[^—]* — )/, (lead) => (/^(promised|planned|asked|expected|possible|did not|not to)/i.test(lead) ? "" : lead)).replace(/ — [^—]*$/, "");
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

function quotation(fact) {
  const article = things.get(fact.article);
  const spans = fact.sentences ?? [];
  if (!article?.text || !spans.length) return null;
  const marked = [...(fact.of === "statement" ? fact.content ?? [] : [...(fact.trigger ?? []), ...(fact.parts ?? []).map((p) => p.at).filter(Boolean)]), ...(fact.of === "tie" ? fact.words ?? [] : [])];
  return el("blockquote", { dir: "auto" }, spans.slice(0, 3).map(([begin, end], n) => [n ? " " : "", ...segments(article, begin, end, marked.map(([b, e]) => ({ begin: b, end: e })), (text, on) => (on.length ? el("mark", {}, text) : text))]));
}

// The text from begin to end, cut where marks begin and end; each piece is made with the marks that cover it.
function segments(article, begin, end, marks, make) {
  const cuts = [...new Set([begin, end, ...marks.flatMap((m) => [m.begin, m.end]).filter((at) => at > begin && at < end)])].sort((a, b) => a - b);
  const pieces = [];
  for (let n = 0; n + 1 < cuts.length; n += 1) {
    const covering = marks.filter((m) => m.begin <= cuts[n] && m.end >= cuts[n + 1]);
    pieces.push(make(words(article, cuts[n], cuts[n + 1]), covering, cuts[n]));
  }
  return pieces;
}

function source(fact) {
  const article = things.get(fact.article);
  if (!article) return null;
  const [begin, end] = fact.sentences?.[0] ?? fact.words?.[0] ?? [0, 0];
  const line = [article.title, article.publisher, day(article.published)].filter(Boolean).join(", ");
  return el("p", { class: "source" },
    article.text ? el("button", { type: "button", class: "read", title: "Read it in the article", onclick: () => readAt(article.id, begin, end) }, line) : line,
    article.url && [" · ", link(article.url, "original")]);
}

function details(fact) {
  const rows = [];
  const add = (name, ...value) => value.flat().some(Boolean) && rows.push(el("dt", {}, name), el("dd", {}, ...value));
  for (const [role, name] of Object.entries(ROLES)) {
    const those = (fact.parts ?? []).filter((p) => p.role === role);
    add(name, [...new Map(those.map((p) => [p.ref || p.words, p])).values()].map((p) => (p.ref ? reference(p.ref, p.words) : el("bdi", {}, `${p.words} `))));
  }
  for (const time of (fact.of === "statement" ? fact.saying?.times : fact.times) ?? []) add("when", whenWords(time));
  for (const figure of fact.figures ?? []) add("how many", `${figure.words}${figure.restated ? " (the same figure again)" : ""}`);
  const voices = chain(fact);
  add("on whose word", voices.length ? voices.map((v, n) => [n ? ", quoted by " : "", v.ref ? reference(v.ref) : el("bdi", {}, v.name)]) : "the article itself");
  if (fact.claim) add("in the words", reference(fact.claim));
  if (fact.of === "deed") add("status", `${STATUSES[fact.status].label}: ${STATUSES[fact.status].note}`);
  add("known by", fact.basis === "inferred" ? "worked out from the text" : fact.basis && `${fact.basis} in the text`);
  if (fact.confidence !== undefined) add("sure", `${Math.round(fact.confidence * 100)}% that the text says so`);
  if (fact.plover) add("PLOVER", fact.plover);
  return el("dl", {}, rows);
}

function whenWords({ words: said, first, last, basis, precision }) {
  const unsure = { vague: "no day can be told", month: "known to the month", year: "known to the year", week: "known to the week" }[precision];
  return [said, basis === "inferred" && (first || last) ? "worked out" : basis === "explicit" ? "stated" : "", unsure].filter(Boolean).join(", ");
}

function welcome() {
  const most = story.actors.filter((a) => a.facts).sort((a, b) => weightOf(b.id) - weightOf(a.id) || (a.id < b.id ? -1 : 1)).slice(0, 8);
  const open = pledgeRows().length;
  return [
    el("div", { class: "title" }, el("h2", {}, "Choose a name or a line"), el("p", { class: "kind" }, "Every fact here has the sentence that says so.")),
    el("section", {}, el("h3", {}, "Most is told of"), el("ul", { class: "plain" }, most.map((a) => el("li", {}, reference(a.id), el("span", { class: "count" }, ` ${plural(a.facts, "fact")}`))))),
    steps.length > 0 && el("section", {}, el("h3", {}, "The story"), el("p", {}, button(`${plural(steps.length, "step")}: ${steps[0].title ?? ""}`, () => goToStep(1), { class: "more" }))),
    open > 0 && el("section", {}, el("h3", {}, "Promised"), el("p", {}, button(`${plural(open, "pledge")}: who, what, to whom, what became of it`, () => change({ view: "pledges" }), { class: "more" }))),
    el("section", {}, el("h3", {}, "Keys"), el("dl", { class: "keys" }, [["/", "search"], ["n p", "next, previous name in the graph"], ["f e c", "focus on it, expand, collapse"], ["k h u", "pin, hide, undo"], ["Esc", "close"], ["+ −", "nearer, farther"], ["0", "all"]].flatMap(([k, t]) => [el("dt", {}, k.split(" ").map((each) => [el("kbd", {}, each), " "])), el("dd", {}, t)]))),
  ];
}
