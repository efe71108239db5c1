// The drawing by vis-network: for what it can draw and move at once, with every shape and dash that it has.

class VisStage {
  constructor(box, on, many) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.box = box;
    this.nodes = new vis.DataSet();
    this.lines = new vis.DataSet();
    this.network = new vis.Network(box, { nodes: this.nodes, edges: this.lines }, {
      physics: { enabled: false },
      layout: { improvedLayout: false },
      interaction: { hover: true, hoverConnectedEdges: false, keyboard: false, multiselect: false, selectConnectedEdges: false, hideEdgesOnDrag: many, hideEdgesOnZoom: many, zoomSpeed: still ? 0.5 : 1 },
      nodes: { borderWidth: 1.5, font: { size: 0 }, chosen: false },
      edges: { arrows: { to: { enabled: true, scaleFactor: 0.45 } }, chosen: false, selectionWidth: 0, hoverWidth: 0, font: { size: 0 } },
    });
    const { network } = this;
    network.on("click", ({ nodes, edges, pointer }) => on.click({ node: nodes[0], line: edges[0], point: pointer.DOM }));
    network.on("hoverNode", ({ node }) => on.hover(node));
    network.on("blurNode", () => on.hover(""));
    network.on("hoverEdge", () => box.classList.add("over"));
    network.on("blurEdge", () => box.classList.remove("over"));
    network.on("dragEnd", ({ nodes }) => { for (const id of nodes) on.moved(id, network.getPosition(id)); });
    network.on("beforeDrawing", (context) => this.onScreen(context, on.under));
    network.on("afterDrawing", (context) => this.onScreen(context, on.over));
  }

  // Painters count in pixels of the screen, vis-network in its own units.
  onScreen(context, paint) {
    const { pixelRatio } = this.network.canvas;
    context.save();
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    paint(context);
    context.restore();
  }

  show(nodes, lines) {
    this.shown = { nodes, lines };
    this.emphasise({ near: null, chosen: "" });
  }

  emphasise({ near, chosen }) {
    replace(this.nodes, this.shown.nodes.map((node) => this.node(node, near && !near.nodes.has(node.id), node.id === chosen)));
    replace(this.lines, this.shown.lines.map((line) => this.line(line, near && !near.lines.has(line.id), line.id === chosen)));
  }

  node({ id, x, y, size, shape, fill, border, thick, dashed }, faint, chosen) {
    return {
      id, x, y, shape, size, opacity: faint ? 0.18 : 1, borderWidth: chosen ? 4 : thick,
      color: { background: fill, border: chosen ? colour("chosen") : border }, shapeProperties: { borderDashes: dashed ? [4, 3] : false },
    };
  }

  line({ id, source, target, width, stroke, alpha, dashes, bend, arrow }, faint, chosen) {
    return {
      id, from: source, to: target, dashes, width: width + (chosen ? 2 : 0),
      color: { color: chosen ? colour("chosen") : stroke, opacity: faint ? 0.07 : alpha, inherit: false },
      smooth: bend ? { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(bend) } : false,
      arrows: { to: { enabled: true, scaleFactor: arrow.scale, type: arrow.type } },
    };
  }

  redraw() { this.network.redraw(); }
  size() { return { width: this.box.clientWidth, height: this.box.clientHeight }; }
  scale() { return this.network.getScale(); }
  project(point) { return this.network.canvasToDOM(point); }
  unproject(point) { return this.network.DOMtoCanvas(point); }

  spot(id) {
    const node = this.network.body.nodes[id];
    return node && { ...this.project(node), r: node.options.size * this.scale() };
  }

  middle(id) {
    const point = this.network.body.edges[id]?.edgeType?.getPoint(0.5);
    return point && this.project(point);
  }

  // All, or what lies between four sides.
  fit(area) {
    if (area) {
      const { width, height } = this.size();
      const scale = 0.9 * Math.min(width / Math.max(area.right - area.left, 1), height / Math.max(area.bottom - area.top, 1), 2);
      this.look({ x: (area.left + area.right) / 2, y: (area.top + area.bottom) / 2 }, scale);
      return;
    }
    this.network.fit({ animation: false, minZoomLevel: 0.05, maxZoomLevel: 1.3 });
    this.network.moveTo({ scale: this.scale() * 0.94, animation: false });
  }

  zoom(by) { this.network.moveTo({ scale: this.scale() * by, animation: false }); }
  pan(x, y) { this.network.moveTo({ offset: { x: -x, y: -y }, animation: false }); }
  look(position, scale = this.scale()) { this.network.moveTo({ position, scale, animation: false }); }
  picture() { return this.box.querySelector("canvas"); }
  destroy() { this.network.destroy(); }
}

function replace(set, wanted) {
  const ids = new Set(wanted.map((item) => item.id));
  set.remove(set.getIds().filter((id) => !ids.has(id)));
  set.update(wanted);
}
