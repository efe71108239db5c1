// Each article with what it tells, and where two reports do not go together.

const MOST_SOURCES = 60;
let sourcesShown = MOST_SOURCES;

function sourcesView() {
  const articles = [...story.articles].sort((a, b) => ((a.published ?? "9999") < (b.published ?? "9999") ? -1 : 1));
  return [
    differences(),
    el("h2", { class: "lead" }, plural(articles.length, "article")),
    el("div", { class: "sources" }, articles.slice(0, sourcesShown).map(sourceCard)),
    articles.length > sourcesShown && button(`${Math.min(MOST_SOURCES, articles.length - sourcesShown)} more`, () => { sourcesShown += MOST_SOURCES; render(); }, { class: "more", "data-key": "sources" }),
  ];
}

function sourceCard(article) {
  const own = (factsOf.get(article.id) ?? []).filter((f) => left.has(f.id));
  const tally = Object.keys(STATUSES).map((s) => [s, own.filter((f) => f.of === "deed" && f.status === s).length]).filter(([, n]) => n);
  const voices = [...new Set(own.filter((f) => f.of === "statement").map((c) => c.ref || c.speaker))];
  return el("article", { class: "card source-card" },
    el("h3", {}, reference(article.id)),
    el("p", { class: "kind" }, [article.publisher, article.byline, day(article.published) || bounds(article)].filter(Boolean).join(", ")),
    el("p", {}, tally.map(([s, n]) => [badge(s), ` ${n} `]), own.length ? "" : "nothing left with these filters"),
    voices.length > 0 && el("p", { class: "also" }, "Quotes ", voices.slice(0, 6).map((v) => [things.has(v) ? reference(v) : el("bdi", {}, v), " "]), voices.length > 6 && `and ${voices.length - 6} more`),
    el("div", { class: "actions" }, article.text && button("Read it here", () => readAt(article.id)), button("Only this", () => change({ article: [article.id], view: "graph" })), article.url && link(article.url, "Original")));
}

function bounds(article) {
  if (!article.earliest && !article.latest) return "day of publication not stated";
  return `published ${[article.earliest && `not before ${day(article.earliest)}`, article.latest && `not after ${day(article.latest)}`].filter(Boolean).join(", ")} (worked out)`;
}

function differences() {
  const those = story.conflicts.filter(([a, b]) => left.has(a) && left.has(b));
  if (!those.length) return el("p", { class: "lead" }, "No two reports of this selection contradict each other on a figure or on whether something was done.");
  return el("section", {}, el("h2", { class: "lead" }, `Where reports differ: ${those.length}`),
    el("div", { class: "pairs" }, those.slice(0, 60).map(([a, b, about]) => el("div", { class: "pair" }, el("p", { class: "kind" }, about === "figures" ? "on a figure" : "on whether it was done"), card(things.get(a)), card(things.get(b))))));
}
