// The article's own text, with all that is mentioned in it marked, and the chosen words in view.

function readAt(id, begin = 0, end = 0) {
  change({ read: `${id}:${begin}-${end}` });
  document.getElementById("panel").focus({ preventScroll: true });
}

function reader() {
  const [id, begin, end] = /^(d\d+):(\d+)-(\d+)$/.exec(state.read)?.slice(1) ?? [];
  const article = things.get(id);
  if (!article) return [el("p", {}, closing(), "There is no such article.")];
  const marks = [
    ...(article.mentions ?? []).map(([b, e, ref]) => ({ begin: b, end: e, ref })),
    ...(article.unread ?? []).map(([b, e, why]) => ({ begin: b, end: e, why })),
    ...(Number(end) > Number(begin) ? [{ begin: Number(begin), end: Number(end), evidence: true }] : []),
  ];
  const length = Array.from(article.text ?? "").length;
  return [
    el("div", { class: "title" }, el("div", { class: "close" }, button("Back", () => change({ read: "" }))), el("h2", {}, shape("article"), el("bdi", {}, article.title)),
      el("p", { class: "kind" }, [article.publisher, article.byline, day(article.published) || "day of publication not stated"].filter(Boolean).join(", "), article.url && [" · ", link(article.url, "original")])),
    el("div", { class: "text", dir: "auto", lang: article.language }, segments(article, 0, length, marks, piece)),
  ];
}

function piece(text, on) {
  const mention = on.filter((m) => m.ref).sort((a, b) => a.end - a.begin - (b.end - b.begin))[0];
  const unread = on.find((m) => m.why !== undefined);
  let made = text;
  if (mention) made = el("button", { type: "button", class: `mention of-${familyOf(mention.ref)}`, title: nameOf(mention.ref), onclick: () => choose(mention.ref) }, text);
  if (unread) made = el("span", { class: "unread", title: `Not read: ${unread.why}` }, made);
  return on.some((m) => m.evidence) ? el("mark", { class: "evidence" }, made) : made;
}
