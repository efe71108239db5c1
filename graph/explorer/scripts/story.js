// What the page tells, indexed. Nothing here touches the screen.

const { story } = book;
const things = new Map();
for (const of of ["articles", "actors", "deeds", "statements", "ties"]) {
  for (const thing of story[of]) {
    thing.of = of.slice(0, -1);
    things.set(thing.id, thing);
  }
}

const drawnNodes = new Map(book.nodes.map((node) => [node.id, node]));
const { links } = book;
const linkById = new Map(links.map((link) => [link.id, link]));

const facts = [...story.deeds.filter((deed) => !deed.saying), ...story.statements, ...story.ties];
const factsOf = new Map();
const reportedBy = new Map();

// A value that comes more than once under a key comes so in succession.
function note(index, key, value) {
  if (!key) return;
  if (!index.has(key)) index.set(key, []);
  const own = index.get(key);
  if (own[own.length - 1] !== value) own.push(value);
}

for (const fact of facts) {
  for (const part of fact.parts ?? []) note(factsOf, part.ref, fact);
  if (fact.of === "statement") {
    note(factsOf, fact.ref, fact);
    for (const [, ref] of fact.relays ?? []) note(factsOf, ref, fact);
  }
  if (fact.of === "tie") { note(factsOf, fact.subject, fact); note(factsOf, fact.object, fact); }
  if (fact.claim) note(reportedBy, fact.claim, fact);
  note(factsOf, fact.article, fact);
}
for (const deed of story.deeds) if (deed.saying) things.get(deed.saying).saying = deed;
const disputes = new Map();
for (const [one, other, about] of story.conflicts) {
  note(disputes, one, { other, about });
  note(disputes, other, { other: one, about });
}

// Offsets count code points; JavaScript's strings count UTF-16 units. Only texts with rarer signs need a table.
const units = new Map();
function unit(article, offset) {
  if (!units.has(article.id)) {
    const text = article.text ?? "";
    let table = null;
    if (/[\ud800-\udbff]/.test(text)) {
      table = [0];
      for (const sign of text) table.push(table[table.length - 1] + sign.length);
    }
    units.set(article.id, table);
  }
  const table = units.get(article.id);
  return table ? table[Math.min(offset, table.length - 1)] : offset;
}

function words(article, begin, end) {
  return (article.text ?? "").slice(unit(article, begin), unit(article, end));
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/ø/g, "o").replace(/ł/g, "l").replace(/đ/g, "d").replace(/[’'`]/g, "");

function nameOf(id) {
  const thing = things.get(id);
  if (!thing) return "";
  if (thing.of === "tie") return `${nameOf(thing.subject)} ${thing.status === "denied" ? "not " : ""}${thing.verb} ${nameOf(thing.object)}`;
  return thing.name ?? thing.label ?? thing.title ?? (thing.text ? `“${thing.text}”` : id);
}

function familyOf(id) {
  const thing = things.get(id);
  return { actor: thing?.family, deed: "event", statement: "claim", article: "article", tie: "tie" }[thing?.of] ?? "thing";
}

const weightOf = (id) => {
  const thing = things.get(id);
  if (thing?.of === "actor") return (thing.facts ?? 0) + (thing.mentions ?? 0) / 10;
  return thing?.of === "deed" ? 1 : 0.5;
};

// The days that a fact may be of: its own, else none; or those of its publication.
const daysKnown = { event: new Map(), published: new Map() };
function days(fact, by) {
  const known = daysKnown[by];
  if (!known.has(fact)) known.set(fact, daysOf(fact, by));
  return known.get(fact);
}

function daysOf(fact, by) {
  if (by === "published") {
    const article = things.get(fact.article);
    return article?.published ? [article.published, article.published] : article?.earliest || article?.latest ? [article.earliest ?? "", article.latest ?? ""] : null;
  }
  const times = (fact.of === "statement" ? fact.saying?.times : fact.times) ?? [];
  const first = times.map((t) => t.first).filter(Boolean).sort()[0];
  const last = times.map((t) => t.last).filter(Boolean).sort().pop();
  return first || last ? [first ?? last, last ?? first] : null;
}

function speakers(fact) {
  const names = [];
  const seen = new Set();
  let claim = fact.of === "statement" ? fact : things.get(fact.claim);
  while (claim && !seen.has(claim.id)) {
    seen.add(claim.id);
    names.push({ name: claim.speaker, ref: claim.ref });
    for (const [name, ref] of claim.relays ?? []) names.push({ name, ref });
    claim = things.get(claim.claim);
  }
  return names;
}

function chain(fact) {
  const [first, ...relays] = [...new Map(speakers(fact).map((s) => [s.name, s])).values()];
  return first ? [first, ...relays] : [];
}
