// Shapes, colours, line styles and marks: each status and family is told by more than its colour.

const STATUSES = {
  done: { label: "done", mark: "✓", note: "its source presents it as having happened" },
  pledged: { label: "pledged", mark: "◔", note: "promised, not done" },
  planned: { label: "planned", mark: "▷", note: "scheduled or intended, with no promise" },
  requested: { label: "requested", mark: "!", note: "called for; nobody has committed to it" },
  predicted: { label: "predicted", mark: "≈", note: "expected by its source" },
  hypothetical: { label: "hypothetical", mark: "?", note: "conditional or possible" },
  denied: { label: "denied", mark: "✕", note: "its source says that it did not happen or is not so" },
};
const DASHES = {
  done: false, pledged: [14, 5], planned: [7, 5], requested: [2, 4], predicted: [14, 4, 2, 4], hypothetical: [2, 9], denied: [4, 3],
};
const FAMILIES = {
  person: { label: "People", shape: "dot" },
  organisation: { label: "Organisations", shape: "square" },
  group: { label: "Groups", shape: "hexagon" },
  place: { label: "Places and states", shape: "diamond" },
  thing: { label: "Posts, laws, things", shape: "triangleDown" },
  event: { label: "Events", shape: "triangle" },
  claim: { label: "Statements", shape: "star" },
};
const PALETTES = {
  light: {
    person: "#0067a5", organisation: "#c8500a", group: "#7c52a8", place: "#00795a", thing: "#5f6b7a", event: "#b8437f", claim: "#8f6a00",
    done: "#44505f", pledged: "#0067a5", planned: "#00795a", requested: "#8f6a00", predicted: "#7c52a8", hypothetical: "#6a7480", denied: "#b3261e",
    tie: "#8a94a3", words: "#b9c1cc", text: "#16202c", ground: "#fbfcfd", hull: "#f0f4f9", rim: "#dfe6ef", soft: "#4d5968", chosen: "#0b57d0",
  },
  dark: {
    person: "#6cb6f0", organisation: "#f2935c", group: "#bda0e6", place: "#4fc9a4", thing: "#a3afbf", event: "#ee93c0", claim: "#dcb64a",
    done: "#b4c0cf", pledged: "#6cb6f0", planned: "#4fc9a4", requested: "#dcb64a", predicted: "#bda0e6", hypothetical: "#98a4b3", denied: "#ff8a80",
    tie: "#6d7a8b", words: "#465162", text: "#e8edf4", ground: "#10161e", hull: "#18212c", rim: "#2a3644", soft: "#a9b5c4", chosen: "#8ab4ff",
  },
};
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const theme = () => {
  const wanted = document.documentElement.dataset.theme;
  if (document.body.classList.contains("printing")) return "light";
  return wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
};
let palette = PALETTES[theme()];
const repaint = () => { palette = PALETTES[theme()]; };
const colour = (name) => palette[name] ?? palette.thing;

const OUTLINES = {
  dot: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z",
  square: "M2.5 2.5h11v11h-11z",
  hexagon: "M4.5 2h7l3.5 6l-3.5 6h-7L1 8z",
  diamond: "M8 1l7 7l-7 7l-7-7z",
  triangle: "M8 2l7 12H1z",
  triangleDown: "M1 2h14l-7 12z",
  star: "M8 1l2 5h5l-4 3.4l1.5 5.1L8 11.5l-4.5 3l1.5-5.1L1 6h5z",
  page: "M3 1h7l3 3v11H3z",
  line: "M1 8h14",
};

function shape(family) {
  const outline = OUTLINES[FAMILIES[family]?.shape ?? (family === "article" ? "page" : "line")];
  const path = svg("path", { d: outline });
  return svg("svg", { viewBox: "0 0 16 16", class: `shape of-${family}`, "aria-hidden": "true" }, path);
}

function lineSample(status) {
  const dashes = DASHES[status];
  const line = svg("line", { x1: 1, y1: 6, x2: 33, y2: 6, "stroke-dasharray": dashes ? dashes.join(" ") : null });
  return svg("svg", { viewBox: "0 0 34 12", class: `sample is-${status}`, "aria-hidden": "true" }, line);
}

function badge(status) {
  const { label, mark, note: hint } = STATUSES[status];
  return el("span", { class: `badge is-${status}`, title: hint }, el("span", { "aria-hidden": "true" }, mark), ` ${label}`);
}
