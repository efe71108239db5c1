// Search over names, aliases, event labels and quoted words; case and accents do not matter. Words' beginnings rank
// first, then what is told of most.

const MOST_FOUND = 30;
let entries = null;
const searchable = () => [
  ...story.actors.flatMap((a) => [{ id: a.id, text: a.name, rank: 3 }, ...(a.aliases ?? []).map((alias) => ({ id: a.id, text: alias, rank: 2.5, also: true }))]),
  ...story.deeds.filter((d) => !d.saying).map((d) => ({ id: d.id, text: d.label, rank: 1.5, more: d.type })),
  ...story.statements.map((c) => ({ id: c.id, text: `${c.speaker}: “${c.text}”`, rank: 1 })),
  ...story.articles.map((a) => ({ id: a.id, text: [a.title, a.publisher].filter(Boolean).join(", "), rank: 1.2 })),
];

// Made when it is first asked for: of many texts it takes a while.
function indexed() {
  return (entries ??= searchable().map((entry) => {
    const key = folded(entry.text);
    return { ...entry, key, starts: ` ${key.replace(/[^\p{L}\p{N}]+/gu, " ")}` };
  }));
}

function search(query) {
  const terms = folded(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (!terms.length) return [];
  const found = new Map();
  for (const entry of indexed()) {
    let score = 0;
    for (const term of terms) {
      const at = entry.starts.indexOf(` ${term}`);
      if (at === 0) score += 3;
      else if (at > 0) score += 2;
      else if (entry.key.includes(term)) score += 0.5;
      else { score = 0; break; }
    }
    if (!score) continue;
    const total = (score / terms.length) * entry.rank + Math.log1p(weightOf(entry.id)) * 0.9 + (entry.key === folded(query) ? 5 : 0);
    if (!(found.get(entry.id)?.total >= total)) found.set(entry.id, { ...entry, total });
  }
  return [...found.values()].sort((a, b) => b.total - a.total || (a.id < b.id ? -1 : 1));
}

function startSearch() {
  const input = document.getElementById("seek");
  const list = document.getElementById("found");
  let hits = [];
  let at = -1;
  const show = () => {
    const all = search(input.value);
    hits = all.slice(0, MOST_FOUND);
    at = hits.length ? 0 : -1;
    list.replaceChildren(...hits.map((hit, n) => option(hit, n)));
    if (input.value.trim() && !hits.length) list.append(el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing is called so"));
    if (all.length > hits.length) list.append(el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, `and ${all.length - hits.length} more`));
    const open = Boolean(input.value.trim());
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    mark();
    if (open) tell(plural(all.length, "hit"));
  };
  const option = (hit, n) => el("li", { role: "option", id: `hit${n}`, "aria-selected": "false", onmousedown: (e) => { e.preventDefault(); take(n); } },
    shape(familyOf(hit.id)), el("span", { class: "hit" }, el("bdi", {}, hit.also ? nameOf(hit.id) : hit.text), hit.also && el("span", { class: "also" }, " also ", el("bdi", {}, hit.text))),
    el("span", { class: "count" }, hit.more ?? (things.get(hit.id).of === "actor" ? plural(things.get(hit.id).facts ?? 0, "fact") : things.get(hit.id).of)));
  const mark = () => {
    [...list.children].forEach((item, n) => item.role !== "none" && item.setAttribute("aria-selected", String(n === at)));
    if (at >= 0) { input.setAttribute("aria-activedescendant", `hit${at}`); list.children[at].scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant");
  };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); };
  const take = (n) => {
    if (!hits[n]) return;
    close();
    input.value = "";
    find(hits[n].id);
    input.blur();
    document.getElementById("panel").focus({ preventScroll: true });
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("focus", () => input.value && show());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = hits.length ? (at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length : -1;
      mark();
    } else if (event.key === "Enter") take(Math.max(at, 0));
    else if (event.key === "Escape") { input.value = ""; close(); input.blur(); } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// What was found is chosen; what the drawing does not have at this level is shown around itself.
function find(id) {
  const of = things.get(id).of;
  const level = of === "deed" || of === "statement" ? "events" : state.level;
  const drawn = drawnNodes.get(id)?.at?.[level];
  const tied = links.some((l) => l.level === level && (l.source === id || l.target === id));
  const around = state.view === "graph" && !drawn && tied ? { focus: id, depth: 1 } : { focus: "" };
  choose(id, { level: state.view === "graph" ? level : state.level, path: "", hidden: state.hidden.filter((h) => h !== id), ...around });
}
