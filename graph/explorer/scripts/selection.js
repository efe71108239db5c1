// Which facts the filters leave: one function of a fact for each facet, so that each can be counted with the others on.

const VOICES = { article: "the article itself", said: "said by someone", inferred: "worked out", disputed: "reported otherwise elsewhere" };
const FACET_OF = {
  status: (fact) => (fact.status ? [fact.status] : []),
  voice: (fact) => [fact.of === "statement" || fact.claim ? "said" : "article", ...(fact.basis === "inferred" ? ["inferred"] : []), ...(disputes.has(fact.id) ? ["disputed"] : [])],
  type: (fact) => [fact.of === "deed" ? fact.type : fact.of === "tie" ? "tie" : "statement"],
  plover: (fact) => (fact.plover ? [fact.plover] : []),
  article: (fact) => (fact.article ? [fact.article] : []),
  speaker: (fact) => [...new Set(speakers(fact).map((s) => s.name))],
  place: (fact) => (fact.parts ?? []).filter((p) => p.role === "place").map((p) => p.words ?? nameOf(p.ref)),
};

const FACETED = Object.keys(FACET_OF);
const valuesOf = new Map();
function values(fact, facet) {
  let known = valuesOf.get(fact);
  if (!known) valuesOf.set(fact, (known = {}));
  return (known[facet] ??= FACET_OF[facet](fact));
}

// The filters that keep a fact out: none, one, or the first two.
function against(fact) {
  const found = [];
  for (const facet of FACETED) if (state[facet].length && !agrees(fact, facet) && found.push(facet) > 1) return found;
  if (state.sure && (fact.confidence ?? 1) < state.sure && found.push("sure") > 1) return found;
  if (!inTime(fact)) found.push("time");
  return found;
}

const passes = (fact) => !against(fact).length;

// A statement has no status of its own: it goes with what it reports.
function agrees(fact, facet) {
  const own = values(fact, facet);
  if (own.some((value) => state[facet].includes(value))) return true;
  if (fact.of !== "statement" || !["status", "type", "plover", "place"].includes(facet)) return false;
  return (reportedBy.get(fact.id) ?? []).some((deed) => deed.of !== "statement" && agrees(deed, facet));
}

function inTime(fact) {
  const span = days(fact, state.by);
  if (!span) return state.undated;
  const [first, last] = span;
  return (!state.to || !first || first <= state.to) && (!state.from || !last || last >= state.from);
}

// Anew only where a filter has changed: what is worked out from the facts left holds as long as they do.
let left = new Set();
let leftBy = "";
function select() {
  const by = JSON.stringify([FACETS.map((facet) => state[facet]), state.from, state.to, state.by, state.undated, state.sure]);
  if (by === leftBy) return;
  leftBy = by;
  left = new Set(facts.filter((fact) => passes(fact)).map((fact) => fact.id));
}

// Worked out once for the facts that are left.
function whileLeft(work) {
  let of = null;
  let found = null;
  return () => {
    if (of !== left) { of = left; found = work(); }
    return found;
  };
}

const kept = (ids) => ids.filter((id) => left.has(id));
const familyShown = (id) => !state.family.length || state.family.includes(familyOf(id));
const shown = (id) => familyShown(id) && (!state.named || things.get(id)?.of !== "actor" || things.get(id).named);

// What is left but for the filter named: with it, what each of its values would leave.
const leftBut = whileLeft(() => {
  const found = Object.fromEntries([...FACETED, "sure", "time"].map((filter) => [filter, []]));
  for (const fact of facts) {
    const filters = against(fact);
    if (!filters.length) for (const those of Object.values(found)) those.push(fact);
    else if (filters.length === 1) found[filters[0]].push(fact);
  }
  return found;
});

function tally(those, facet) {
  const found = new Map();
  for (const fact of those) for (const value of values(fact, facet)) found.set(value, (found.get(value) ?? 0) + 1);
  return found;
}

const counts = (facet) => tally(leftBut()[facet], facet);
const everKnown = {};
const all = (facet) => (everKnown[facet] ??= tally(facts, facet));

const filtered = () => FACETS.some((facet) => state[facet].length) || state.from || state.to || !state.undated || state.sure > 0 || state.named;
const clearFilters = () => change({ ...Object.fromEntries(FACETS.map((facet) => [facet, []])), from: "", to: "", undated: true, sure: 0, named: false });
