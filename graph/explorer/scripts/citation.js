// A sentence as it is cited: its words, where they stand, and a link that opens the article at them.

const WORDS_AT_EDGE = 6;

function quoted(fact) {
  const article = things.get(fact.article);
  const spans = fact.sentences?.length ? fact.sentences : fact.words ?? [];
  if (!article || !spans.length) return null;
  const [begin, end] = [Math.min(...spans.map(([b]) => b)), Math.max(...spans.map(([, e]) => e))];
  return { article, begin, end, text: words(article, begin, end).replace(/\s+/g, " ").trim() };
}

function citation(fact) {
  const found = quoted(fact);
  if (!found) return "";
  const { article, begin, end, text } = found;
  const where = [article.byline, article.title, article.publisher, day(article.published) || "date not stated"].filter(Boolean).join(", ");
  const address = atWords(article.url, text);
  return `${text ? `“${text}” ` : ""}${where}${address ? `, ${address}` : ""} (characters ${begin.toLocaleString("en-GB")} to ${end.toLocaleString("en-GB")}).`;
}

// https://wicg.github.io/scroll-to-text-fragment: the first words and, of a long sentence, the last.
function atWords(address, text) {
  const safe = webAddress(address);
  if (!safe || !text) return safe ?? "";
  const directive = (part) => encodeURIComponent(part.toWellFormed()).replaceAll("-", "%2D");
  const each = text.split(" ");
  const parts = each.length > 2 * WORDS_AT_EDGE ? [each.slice(0, WORDS_AT_EDGE), each.slice(-WORDS_AT_EDGE)].map((some) => some.join(" ")) : [text];
  return `${safe}${safe.includes("#") ? "" : "#"}:~:text=${parts.map(directive).join(",")}`;
}

// Made when it is opened: a page of cards has many.
function citing(fact) {
  if (!quoted(fact)) return null;
  const details = el("details", { class: "cite" }, el("summary", {}, "Cite"));
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    const text = citation(fact);
    const { article, text: sentence } = quoted(fact);
    const address = atWords(article.url, sentence);
    filled(details, {}, [el("p", { class: "citation", dir: "auto" }, text), el("p", { class: "actions" },
      button("Copy", () => copied(text, "Citation"), { class: "small" }), button("Copy as Turtle", () => copied(turtle([fact]), "Turtle"), { class: "small" }),
      address && link(address, "Open at the sentence"))]);
  });
  return details;
}
