// What can be taken along: the drawing as a picture, the selection as rows or as RDF, the view as a link, the page on paper.

function save(name, content) {
  const address = URL.createObjectURL(content);
  const anchor = el("a", { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileName = (kind) => `${folded(document.title).replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80) || "whodid"}.${kind}`;
const saveText = (kind, type, text) => save(fileName(kind), new Blob([text], { type: `${type};charset=utf-8` }));

// A cell that a spreadsheet would take for a formula is given as text.
const cell = (value) => {
  const text = String(value ?? "").replaceAll("\0", "\ufffd");
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

function csv(columns, rows) {
  const lines = [columns.map(([head]) => cell(head)), ...rows.map((row) => columns.map(([, text]) => cell(text(row))))];
  return lines.map((line) => line.join(",")).join("\r\n");
}

function saveCsv(name, columns, rows) {
  saveText(`${name}.csv`, "text/csv", `\ufeff${csv(columns, rows)}\r\n`);
}

function copied(text, what) {
  const done = () => say(`${what} copied`);
  if (navigator.clipboard?.writeText) navigator.clipboard.writeText(text).then(done, () => byHand(text, done));
  else byHand(text, done);
}

function byHand(text, done) {
  const area = el("textarea", { class: "unseen", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  if (document.execCommand("copy")) done();
  area.remove();
}

const copyRows = (columns, rows) => copied([columns.map(([head]) => head), ...rows.map((row) => columns.map(([, text]) => String(text(row)).replace(/\s+/g, " ")))].map((line) => line.join("\t")).join("\n"), "Rows");

// What a focus, a path or the filters leave: the facts that are looked at.
function selection() {
  if (state.view === "graph" && (state.focus || state.path)) {
    const those = new Set([...sight.lines.values()].flatMap(({ line }) => kept(line.facts)));
    return facts.filter((fact) => those.has(fact.id));
  }
  return facts.filter((fact) => left.has(fact.id));
}

function picture() {
  const from = stage?.picture();
  if (!from) return;
  const made = document.createElement("canvas");
  made.width = from.width;
  made.height = from.height;
  const context = made.getContext("2d");
  context.fillStyle = colour("ground");
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(from, 0, 0);
  made.toBlob((blob) => save(fileName("png"), blob), "image/png");
}

const TAKEN = [
  ["png", "Picture (PNG)", picture],
  ["svg", "Drawing (SVG)", () => saveText("svg", "image/svg+xml", drawingSvg())],
  ["csv", "Rows (CSV)", () => { const { name, columns, rows } = shownRows(); saveCsv(name, columns, rows); }],
  ["ttl", "Facts (Turtle)", () => saveText("ttl", "text/turtle", turtle(selection()))],
  ["jsonld", "Facts (JSON-LD)", () => saveText("jsonld", "application/ld+json", jsonLd(selection()))],
  ["link", "Copy a link to this view", () => (location.protocol === "about:" ? say("Inside a notebook a view has no address") : copied(location.href, "Link"))],
  ["print", "Print", () => window.print()],
];

function takeMenu() {
  const menu = el("details", { class: "menu", id: "take" }, el("summary", {}, "Take away"));
  const close = () => { menu.open = false; };
  menu.append(el("div", { class: "menu-items" }, TAKEN.map(([id, label, take]) => button(label, () => { close(); take(); }, { id }))));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    close();
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) close(); });
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(); });
  return menu;
}

function tools() {
  const next = { auto: "dark", dark: "light", light: "auto" };
  const shade = { auto: "◐ Auto", dark: "● Dark", light: "○ Light" };
  const theme = button(shade.auto, () => {
    document.documentElement.dataset.theme = next[document.documentElement.dataset.theme];
    theme.textContent = shade[document.documentElement.dataset.theme];
    render();
  }, { id: "theme", title: "Light, dark, or as the system has it" });
  const legend = button("Filters", () => change({ open: !state.open }, false), { id: "open-filters", "aria-controls": "filters" });
  document.getElementById("tools").append(legend, takeMenu(), theme);
}
