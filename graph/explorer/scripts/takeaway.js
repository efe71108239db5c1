// What can be taken along: the drawing as a picture, rows as CSV, the view as a link, the page on paper.

function save(name, content) {
  const address = URL.createObjectURL(content);
  const anchor = el("a", { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileName = (kind) => `${folded(document.title).replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "whodid"}.${kind}`;

// A cell that a spreadsheet would take for a formula is given as text.
const cell = (value) => {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

function csv(columns, rows) {
  const lines = [columns.map(([head]) => cell(head)), ...rows.map((row) => columns.map(([, text]) => cell(text(row))))];
  return lines.map((line) => line.join(",")).join("\r\n");
}

function saveCsv(name, columns, rows) {
  save(fileName(`${name}.csv`), new Blob(["\ufeff", csv(columns, rows), "\r\n"], { type: "text/csv;charset=utf-8" }));
}

function copied(text, what) {
  const done = () => tell(`${what} copied`);
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

function picture() {
  const from = document.querySelector("#canvas canvas");
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

function tools() {
  const next = { auto: "dark", dark: "light", light: "auto" };
  const shade = { auto: "◐ Auto", dark: "● Dark", light: "○ Light" };
  const theme = button(shade.auto, () => {
    document.documentElement.dataset.theme = next[document.documentElement.dataset.theme];
    theme.textContent = shade[document.documentElement.dataset.theme];
    render();
  }, { id: "theme", title: "Light, dark, or as the system has it" });
  const legend = button("Filters", () => change({ open: !state.open }, false), { id: "open-filters", "aria-controls": "filters" });
  document.getElementById("tools").append(legend,
    button("PNG", picture, { id: "png", title: "The drawing as a picture" }),
    button("Link", () => copied(location.href, "Link"), { id: "link", title: "Copy a link to this view" }),
    button("Print", () => window.print(), { id: "print" }), theme);
}
