// The drawing as an SVG file: lines with their dashes, marks with their shapes, words as text. Names and grounds are
// painted by the painters of the screen, on a context that keeps what they paint as elements.

class SvgContext {
  constructor() {
    Object.assign(this, { made: [], path: "", halo: null, globalAlpha: 1, lineWidth: 1, font: `12px ${FACE}`, fillStyle: "#000", strokeStyle: "#000" });
    this.measured = document.createElement("canvas").getContext("2d");
  }

  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${round(x)} ${round(y)}`; }
  lineTo(x, y) { this.path += `L${round(x)} ${round(y)}`; }
  closePath() { this.path += "Z"; }
  roundRect(x, y, width, height) { this.path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`; }
  stroke() { this.made.push(svg("path", { d: this.path, fill: "none", stroke: this.strokeStyle, "stroke-width": round(this.lineWidth), "stroke-linejoin": "round", opacity: this.alpha() })); }
  fill() { this.made.push(svg("path", { d: this.path, fill: this.fillStyle, opacity: this.alpha() })); }
  alpha() { return this.globalAlpha === 1 ? null : this.globalAlpha; }
  save() {}
  restore() {}

  measureText(text) {
    this.measured.font = this.font;
    return this.measured.measureText(text);
  }

  strokeText() { this.halo = { stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-linejoin": "round", "paint-order": "stroke" }; }

  fillText(text, x, y) {
    const [, weight, size] = /^(\d+) ([\d.]+)px/.exec(this.font) ?? [null, "400", "12"];
    this.made.push(svg("text", { x: round(x), y: round(y), fill: this.fillStyle, "font-size": size, "font-weight": weight, "text-anchor": "middle", "dominant-baseline": "central", ...this.halo }, writable(text)));
    this.halo = null;
  }
}

const round = (number) => Math.round(number * 10) / 10;
// What XML has no sign for.
const writable = (text) => text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");

function drawingSvg() {
  const { width, height } = state.view === "map" ? mapBox : stage.size();
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FACE },
    svg("title", {}, writable(document.title)), svg("desc", {}, writable(`${document.getElementById("made").textContent}. ${document.getElementById("seen")?.textContent ?? ""}`)),
    svg("rect", { width, height, fill: state.view === "map" ? cssColour("--sea") : colour("ground") }), state.view === "map" ? mapElements() : graphElements());
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function graphElements() {
  const near = nearby();
  const [grounds, names] = [new SvgContext(), new SvgContext()];
  paintGrounds(grounds);
  paintNames(names);
  return [
    svg("g", { class: "grounds" }, grounds.made),
    svg("g", { class: "lines" }, [...sight.lines.values()].map((seen) => lineElement(seen, near))),
    svg("g", { class: "nodes" }, [...sight.nodes].map(([id, place]) => nodeElement(nodeOf(id, place), near))),
    svg("g", { class: "names" }, names.made),
  ];
}

function nodeElement({ id, shape: kind, fill, border, thick, dashed }, near) {
  const spot = stage.spot(id);
  if (!spot) return null;
  const scale = Math.max(spot.r, 1) / 6.5;
  const chosen = id === state.chosen;
  return svg("path", {
    d: OUTLINES[kind], transform: `translate(${round(spot.x)} ${round(spot.y)}) scale(${scale.toFixed(3)}) translate(-8 -8)`, fill, stroke: chosen ? colour("chosen") : border,
    "stroke-width": ((chosen ? 4 : thick) / scale).toFixed(2), "stroke-dasharray": dashed ? `${(4 / scale).toFixed(2)} ${(3 / scale).toFixed(2)}` : null, opacity: near && !near.nodes.has(id) ? 0.18 : null,
  }, svg("title", {}, writable(nameOf(id))));
}

function lineElement(seen, near) {
  const { id, source, target, stroke, alpha, width, dashes, bend: turn, arrow } = lineOf(seen);
  const [from, to, middle] = [stage.spot(source), stage.spot(target), stage.middle(id)];
  if (!from || !to) return null;
  const chosen = id === state.chosen;
  const by = turn && middle ? { x: 2 * middle.x - (from.x + to.x) / 2, y: 2 * middle.y - (from.y + to.y) / 2 } : null;
  const back = by ?? from;
  const angle = Math.atan2(to.y - back.y, to.x - back.x);
  const tip = { x: to.x - (to.r + 1) * Math.cos(angle), y: to.y - (to.r + 1) * Math.sin(angle) };
  const paint = chosen ? colour("chosen") : stroke;
  const wide = Math.max((width + (chosen ? 2 : 0)) * Math.min(stage.scale(), 1), 0.4);
  const size = 15 * arrow.scale * Math.min(stage.scale(), 1.2) + wide;
  const wing = (side) => `${round(tip.x - size * Math.cos(angle + side * 0.45))} ${round(tip.y - size * Math.sin(angle + side * 0.45))}`;
  return svg("g", { opacity: near && !near.lines.has(id) ? 0.07 : alpha, stroke: paint, fill: "none" },
    svg("path", { d: `M${round(from.x)} ${round(from.y)}${by ? `Q${round(by.x)} ${round(by.y)} ` : "L"}${round(tip.x)} ${round(tip.y)}`, "stroke-width": round(wide), "stroke-dasharray": dashes ? dashes.map((n) => round(n * Math.min(stage.scale(), 1))).join(" ") : null }),
    svg("path", { d: `M${wing(1)}L${round(tip.x)} ${round(tip.y)}L${wing(-1)}${arrow.type === "vee" ? "" : "Z"}`, fill: arrow.type === "vee" ? "none" : paint, "stroke-width": 0.8 }));
}

function mapElements() {
  const outline = document.querySelector("#map .outline").cloneNode(true);
  const paint = { land: { fill: cssColour("--land"), stroke: cssColour("--coast") }, borders: { fill: "none", stroke: cssColour("--coast") } };
  for (const [name, attributes] of Object.entries(paint)) filled(outline.querySelector(`.${name}`), { ...attributes, "stroke-width": 0.7, "vector-effect": "non-scaling-stroke" }, []);
  filled(outline, { x: 0, y: 0, width: mapBox.width, height: mapBox.height }, []);
  return [outline, placedSpots().reverse().map(({ actor, at, r, side }) => svg("g", {},
    svg("circle", { cx: round(at.x), cy: round(at.y), r: round(r), fill: colour("place"), "fill-opacity": 0.8, stroke: colour("ground") }),
    side && svg("text", { x: round(at.x + (side === "left" ? -r - 4 : r + 4)), y: round(at.y), "font-size": 12.5, "font-weight": 600, "dominant-baseline": "central", "text-anchor": side === "left" ? "end" : "start", fill: colour("text"), stroke: colour("ground"), "stroke-width": 3, "paint-order": "stroke" }, writable(actor.name))))];
}
