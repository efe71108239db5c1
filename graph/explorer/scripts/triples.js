// The selection as RDF, in the ontology's own terms and with the store's own names: facts, whom they are of, the words
// that say so, on whose word, in which article. Turtle and JSON-LD are two ways of writing the same list.

const NAMES = book.prefixes ?? {};
const term = (prefix, name) => ({ iri: `${NAMES[prefix]}${name}` });
const who = (name) => term("who", name);
const literal = (text, type = "") => ({ text: String(text), type });
const decimal = (number) => literal(number.toLocaleString("en-GB", { useGrouping: false, maximumFractionDigits: 6 }), "decimal");
const capital = (word) => `${word[0].toUpperCase()}${word.slice(1)}`;

function triples(chosen) {
  const found = [];
  const seen = new Set();
  const add = (subject, prefix, name, object) => {
    if (!subject || !object || (!object.iri && object.text === undefined)) return;
    const key = `${subject} ${prefix}:${name} ${object.iri ?? ""} ${object.text ?? ""}`;
    if (!seen.has(key)) found.push({ subject, predicate: { prefix, name }, object });
    seen.add(key);
  };
  const queue = [...chosen];
  const known = new Set(queue.map((thing) => thing.id));
  const also = (id) => {
    if (things.has(id) && !known.has(id)) { known.add(id); queue.push(things.get(id)); }
    return things.has(id) ? { iri: things.get(id).iri } : null;
  };
  for (let n = 0; n < queue.length; n += 1) WRITERS[queue[n].of](queue[n], add, also);
  return found;
}

const WRITERS = { deed: deedTriples, statement: statementTriples, tie: tieTriples, actor: actorTriples, article: articleTriples };

function deedTriples(deed, add, also) {
  add(deed.iri, "rdf", "type", who("Event"));
  add(deed.iri, "rdfs", "label", literal(deed.label));
  add(deed.iri, "who", "eventType", deed.term && who(deed.term));
  add(deed.iri, "who", "ploverType", deed.plover && term("plover", deed.plover));
  add(deed.iri, "who", "modality", who(capital(deed.modality)));
  add(deed.iri, "who", "polarity", who(deed.status === "denied" ? "Negative" : "Positive"));
  for (const part of deed.parts ?? []) add(deed.iri, "who", part.role, part.ref ? also(part.ref) : part.iri && { iri: part.iri });
  for (const part of deed.parts ?? []) if (!part.ref && part.iri) describedTriples(part.iri, part.words, add);
  for (const time of deed.times ?? []) if (time.iri) { add(deed.iri, "who", "time", { iri: time.iri }); timeTriples(time, add); }
  for (const figure of deed.figures ?? []) if (figure.iri) { add(deed.iri, "who", "quantity", { iri: figure.iri }); figureTriples(figure, add); }
  for (const [begin, end] of deed.trigger ?? []) add(deed.iri, "who", "trigger", spanned(deed.article, begin, end, "Mention", add));
  const claim = things.get(deed.claim);
  if (claim) add(claim.iri, "who", "reports", { iri: deed.iri });
  restsOn(deed, add, also);
}

function describedTriples(iri, text, add) {
  add(iri, "rdf", "type", who("Description"));
  add(iri, "rdfs", "label", literal(text));
}

function timeTriples({ iri, first, last, precision, basis }, add) {
  add(iri, "rdf", "type", who("TimeSpan"));
  add(iri, "sem", "hasEarliestBeginTimeStamp", first && literal(first, "date"));
  add(iri, "sem", "hasLatestEndTimeStamp", last && literal(last, "date"));
  add(iri, "who", "precision", precision && who(capital(precision)));
  add(iri, "who", "basis", basis && who(capital(basis)));
}

function figureTriples({ iri, value, unit, term: comparator }, add) {
  add(iri, "rdf", "type", who("Quantity"));
  add(iri, "who", "value", Number.isFinite(value) && decimal(value));
  add(iri, "who", "unit", unit && literal(unit));
  add(iri, "who", "comparator", comparator && who(comparator));
}

function statementTriples(statement, add, also) {
  add(statement.iri, "rdf", "type", who("Claim"));
  if (statement.term && statement.term !== "IndirectSpeech") add(statement.iri, "rdf", "type", who("Quotation"));
  add(statement.iri, "who", "claimText", literal(statement.text));
  add(statement.iri, "who", "quoteForm", statement.term && who(statement.term));
  add(statement.iri, "who", "speaker", statement.ref ? also(statement.ref) : statement.by && { iri: statement.by });
  if (!statement.ref && statement.by) describedTriples(statement.by, statement.speaker, add);
  for (const [, ref] of statement.relays ?? []) add(statement.iri, "who", "relayedBy", ref && also(ref));
  for (const [begin, end] of statement.content ?? []) add(statement.iri, "who", "contentSpan", spanned(statement.article, begin, end, "TextSpan", add));
  for (const [begin, end] of statement.cue ?? []) add(statement.iri, "who", "cue", spanned(statement.article, begin, end, "TextSpan", add));
  restsOn(statement, add, also, "attributionBasis");
}

function tieTriples(tie, add, also) {
  const [subject, object, verb] = [also(tie.subject), also(tie.object), tie.term && who(tie.term)];
  add(tie.iri, "rdf", "type", who("Assertion"));
  add(tie.iri, "rdf", "subject", subject);
  add(tie.iri, "rdf", "predicate", verb);
  add(tie.iri, "rdf", "object", object);
  add(tie.iri, "who", "polarity", who(tie.status === "denied" ? "Negative" : "Positive"));
  if (tie.status !== "denied" && tie.term && subject) add(subject.iri, "who", tie.term, object);
  restsOn(tie, add, also);
}

function restsOn(fact, add, also, basis = "basis") {
  add(fact.iri, "who", "accordingTo", also(fact.claim) ?? also(fact.article));
  also(fact.article);
  add(fact.iri, "who", basis, fact.basis && who(capital(fact.basis)));
  add(fact.iri, "who", "confidence", fact.confidence !== undefined && decimal(fact.confidence));
  for (const [begin, end] of fact.words ?? []) add(fact.iri, "who", "evidence", spanned(fact.article, begin, end, "TextSpan", add));
  for (const [begin, end] of fact.sentences ?? []) add(fact.iri, "who", "evidence", spanned(fact.article, begin, end, "Sentence", add));
}

// A place in an article's text has the name that whodid's own graphs give it: a sentence's number, else its offsets.
function spanned(id, begin, end, cls, add) {
  const article = things.get(id);
  if (!article) return null;
  const number = (article.sentences ?? []).findIndex(([b, e]) => b === begin && e === end) + 1;
  const iri = `${article.iri}/${cls === "Sentence" && number ? `s${number}` : `${begin}-${end}`}`;
  add(iri, "rdf", "type", who(cls));
  add(iri, "who", "begin", literal(begin, "integer"));
  add(iri, "who", "end", literal(end, "integer"));
  if (article.text) add(iri, "who", "exact", literal(words(article, begin, end)));
  add(iri, "who", "inDocument", { iri: article.iri });
  return { iri };
}

function actorTriples(actor, add) {
  add(actor.iri, "rdf", "type", who("Entity"));
  add(actor.iri, "rdf", "type", actor.term && who(actor.term));
  add(actor.iri, "rdfs", "label", literal(actor.name));
  for (const iri of actor.same ?? []) add(actor.iri, "skos", "exactMatch", { iri });
}

function articleTriples(article, add) {
  add(article.iri, "rdf", "type", who("Document"));
  add(article.iri, "rdfs", "label", literal(article.title));
  add(article.iri, "dcterms", "publisher", article.publisher && literal(article.publisher));
  add(article.iri, "dcterms", "creator", article.byline && literal(article.byline));
  add(article.iri, "dcterms", "issued", article.published && literal(article.published, "date"));
  add(article.iri, "dcterms", "language", article.language && literal(article.language));
  add(article.iri, "schema", "url", article.url && literal(article.url, "anyURI"));
}

const bySubject = (found) => {
  const groups = new Map();
  for (const { subject, predicate, object } of found) {
    if (!groups.has(subject)) groups.set(subject, new Map());
    const key = `${predicate.prefix}:${predicate.name}`;
    const own = groups.get(subject);
    if (!own.has(key)) own.set(key, []);
    own.get(key).push(object);
  }
  return groups;
};

const used = (text) => Object.fromEntries(Object.entries(NAMES).filter(([prefix]) => text.includes(`${prefix}:`)));

function turtle(chosen) {
  const groups = [...bySubject(triples(chosen))].map(([subject, own]) => {
    const pairs = [...own].map(([predicate, objects]) => `${predicate === "rdf:type" ? "a" : predicate} ${objects.map(turtleTerm).join(" , ")}`);
    return `${angled(subject)} ${pairs.join(" ;\n    ")} .\n`;
  });
  const body = groups.join("\n");
  const heads = Object.entries(used(`${body} xsd:`)).map(([prefix, iri]) => `@prefix ${prefix}: ${angled(iri)} .`);
  return `${heads.join("\n")}\n\n${body}`;
}

const angled = (iri) => `<${iri.replace(/[\u0000-\u0020<>"{}|\\^`]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`)}>`;

function short(iri) {
  for (const [prefix, start] of Object.entries(NAMES)) {
    if (iri.startsWith(start) && /^[A-Za-z][A-Za-z0-9_]*$/.test(iri.slice(start.length))) return `${prefix}:${iri.slice(start.length)}`;
  }
  return "";
}

const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const escaped = (text) => text.toWellFormed().replace(/[\\"\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (sign) => ESCAPES[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

function turtleTerm({ iri, text, type }) {
  if (iri) return short(iri) || angled(iri);
  if (type === "integer") return text;
  return `"${escaped(text)}"${type ? `^^xsd:${type}` : ""}`;
}

function jsonLd(chosen) {
  const value = ({ iri, text, type }) => (iri ? { "@id": iri } : type === "integer" ? Number(text) : type ? { "@value": text, "@type": `xsd:${type}` } : text.toWellFormed());
  const made = [...bySubject(triples(chosen))].map(([subject, own]) => {
    const node = { "@id": subject };
    for (const [predicate, objects] of own) {
      if (predicate === "rdf:type") node["@type"] = objects.map((o) => o.iri);
      else node[predicate] = objects.length === 1 ? value(objects[0]) : objects.map(value);
    }
    return node;
  });
  return `${JSON.stringify({ "@context": NAMES, "@graph": made }, null, 1)}\n`;
}
