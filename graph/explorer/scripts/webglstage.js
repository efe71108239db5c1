// The drawing by sigma, for thousands of nodes at once: its camera, its pointer and touch, our two programs.
// sigma's y grows upwards, ours downwards, as the screen's.

const dimming = { on: false, lines: 0 };
const MANY = 1500;
const HIT = 6;
// from farther away a drag that begins on a mark moves the map
const DRAGGABLE = 0.5;
const HEADLESS = 0.05;
const FRAMES = 4;
const SLOW = 45;
const SETTLED = 140;

const bytes = (a, b, c, d) => ((a & 255) | ((b & 255) << 8) | ((c & 255) << 16) | ((d & 255) << 24)) >>> 0;
const packed = (hex) => bytes(parseInt(hex.slice(1, 3), 16), parseInt(hex.slice(3, 5), 16), parseInt(hex.slice(5, 7), 16), 255);
const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
const unitsToPixels = ({ matrix, width }) => (matrix[0] * width) / 2 / EXTENT;

// Marks shrink more slowly than the distances between them, so that they can be told apart from far away.
const grown = (scale) => Math.max(scale ** 0.62, 0.13);

// Far away and many at once, marks and lines step back behind the names of communities.
const calm = (scale, least) => (dimming.lines > MANY ? Math.min(Math.max(scale * 2.2, least), 1) : 1);

function programs({ NodeProgram, EdgeProgram }) {
  const { FLOAT, UNSIGNED_BYTE, TRIANGLES, TRIANGLE_STRIP } = WebGL2RenderingContext;
  const float = (name, size = 1) => ({ name, size, type: FLOAT });
  const four = (name) => ({ name, size: 4, type: UNSIGNED_BYTE, normalized: true });

  const uniforms = (gl, at, params) => {
    const { matrix, width, height, pixelRatio } = params;
    const scale = unitsToPixels(params);
    gl.uniformMatrix3fv(at.u_matrix, false, matrix);
    gl.uniform2f(at.u_view, width * pixelRatio, height * pixelRatio);
    gl.uniform1f(at.u_grow, grown(scale) * pixelRatio);
    gl.uniform1f(at.u_ratio, pixelRatio);
    return scale;
  };

  class Nodes extends NodeProgram {
    // no second drawing for picking: what is pointed at is worked out by distance
    constructor(gl, _, renderer) { super(gl, null, renderer); }

    getDefinition() {
      return {
        VERTICES: 4, METHOD: TRIANGLE_STRIP, VERTEX_SHADER_SOURCE: NODE_VERTEX, FRAGMENT_SHADER_SOURCE: NODE_FRAGMENT,
        UNIFORMS: ["u_matrix", "u_view", "u_grow", "u_ratio", "u_faint", "u_calm", "u_ground"],
        ATTRIBUTES: [float("a_place", 2), float("a_size"), four("a_fill"), four("a_border"), four("a_form")],
        CONSTANT_ATTRIBUTES: [float("a_corner", 2)], CONSTANT_DATA: [[-1, -1], [1, -1], [-1, 1], [1, 1]],
      };
    }

    reallocate(capacity) { super.reallocate(capacity); this.whole = new Uint32Array(this.array.buffer); }

    processVisibleItem(_, at, { x, y, item }) {
      const thick = item.chosen ? 40 : item.thick * 10;
      this.array.set([x, y, item.size], at);
      this.whole.set([packed(item.fill), packed(item.chosen ? colour("chosen") : item.border), bytes(FORMS.indexOf(item.shape), thick, item.dashed && !item.chosen ? 255 : 0, item.near ? 255 : 0)], at + 3);
    }

    setUniforms(params, { gl, uniformLocations: at }) {
      const scale = uniforms(gl, at, params);
      gl.uniform1f(at.u_faint, dimming.on ? 0.16 : 1);
      gl.uniform1f(at.u_calm, calm(scale, 0.8));
      gl.uniform3fv(at.u_ground, parts(colour("ground")));
    }
  }

  class Lines extends EdgeProgram {
    constructor(gl, _, renderer) { super(gl, null, renderer); }

    get pieces() { return 1; }

    getDefinition() {
      const steps = LINE_STEPS(this.pieces);
      return {
        VERTICES: steps.length, METHOD: TRIANGLES, VERTEX_SHADER_SOURCE: LINE_VERTEX, FRAGMENT_SHADER_SOURCE: LINE_FRAGMENT,
        UNIFORMS: ["u_matrix", "u_view", "u_grow", "u_ratio", "u_faint", "u_calm", "u_passing"],
        ATTRIBUTES: [float("a_from", 2), float("a_to", 2), float("a_ends", 2), float("a_width"), float("a_bend"), four("a_stroke"), four("a_dash"), four("a_form")],
        CONSTANT_ATTRIBUTES: [float("a_step", 3)], CONSTANT_DATA: steps,
      };
    }

    reallocate(capacity) { super.reallocate(capacity); this.whole = new Uint32Array(this.array.buffer); }

    processVisibleItem(_, at, from, to, { item }) {
      const [a = 0, b = 0, c = 0, d = 0] = item.dashes || [];
      const even = item.dashes && item.dashes.length === 2 ? [a, b, a, b] : [a, b, c, d];
      this.array.set([from.x, from.y, to.x, to.y, from.item.size, to.item.size, item.width, item.bend], at);
      this.whole.set([packed(item.chosen ? colour("chosen") : item.stroke), bytes(...even), bytes(item.chosen ? 2 : item.near ? 1 : 0, item.arrow.scale * 80, (item.arrow.type === "vee" ? 1 : 0) + (item.across ? 2 : 0), item.alpha * 255)], at + 8);
    }

    setUniforms(params, { gl, uniformLocations: at }) {
      const scale = uniforms(gl, at, params);
      gl.uniform1f(at.u_faint, dimming.on ? 0.07 : 1);
      gl.uniform1f(at.u_calm, calm(scale, 0.2));
      gl.uniform1f(at.u_passing, dimming.lines > MANY ? 0.16 : 1);
      this.far = scale < HEADLESS;
    }

    // From where heads of arrows cannot be seen they are not drawn: they come last in LINE_STEPS.
    drawWebGL(method, { gl, frameBuffer }) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, frameBuffer);
      gl.drawArraysInstanced(method, 0, this.far ? this.VERTICES - 3 : this.VERTICES, this.capacity);
    }
  }

  class Arcs extends Lines { get pieces() { return CURVE; } }
  return { nodes: Nodes, lines: Lines, arcs: Arcs };
}

// sigma draws at once when it gets other things to show; here the camera moves first.
const quiet = ({ Sigma }) => class extends Sigma {
  render() { return this.waiting ? this : super.render(); }
};

class WebglStage {
  constructor(box, on) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { nodes, lines, arcs } = programs(webgl);
    const pace = still ? 1 : undefined;
    this.box = box;
    this.on = on;
    this.items = { nodes: new Map(), lines: new Map() };
    this.lit = { nodes: [], lines: [] };
    this.sigma = new (quiet(webgl))(new webgl.MultiDirectedGraph(), box, {
      nodeProgramClasses: { node: nodes }, edgeProgramClasses: { line: lines, arc: arcs }, nodeHoverProgramClasses: {},
      defaultNodeType: "node", defaultEdgeType: "line", renderLabels: false, stagePadding: 0, minCameraRatio: 0.001, maxCameraRatio: 400, enableCameraRotation: false,
      defaultDrawNodeHover: () => {}, zIndex: false, allowInvalidContainer: true,
      ...(still && { zoomDuration: pace, inertiaDuration: pace, doubleClickZoomingDuration: pace }),
    });
    this.sigma.setCustomBBox({ x: [-EXTENT / 2, EXTENT / 2], y: [-EXTENT / 2, EXTENT / 2] });
    this.sigma.getNodeAtPosition = () => null;
    this.sigma.createCanvasContext("grounds", { beforeLayer: "edges" });
    this.sigma.resize(true);
    for (const { canvas } of Object.values(this.sigma.webGLContexts)) canvas.addEventListener("webglcontextlost", () => { if (!this.gone) on.lost(); });
    for (const unused of ["edgeLabels", "hovers", "hoverNodes"]) this.sigma.getCanvases()[unused].style.display = "none";
    this.sigma.on("afterRender", () => this.rendered());
    this.sigma.unbindCameraHandlers();
    this.listen();
    this.watch = new ResizeObserver(() => this.resized());
    this.watch.observe(box);
  }

  listen() {
    const mouse = this.sigma.getMouseCaptor();
    const touch = this.sigma.getTouchCaptor();
    const click = ({ x, y }) => this.on.click({ ...this.under({ x, y }), point: { x, y } });
    mouse.on("click", click);
    touch.on("tap", ({ touches, previousTouches }) => click(touches[0] ?? previousTouches[0]));
    mouse.on("mousemove", (event) => { if (!mouse.isMouseDown) this.point(event); });
    this.camera().on("updated", () => { this.fitted = false; this.glide(); });
    mouse.on("mouseleave", () => this.hover({}));
    mouse.on("mousedown", (event) => { this.dragged = this.scale() < DRAGGABLE ? null : this.nodeAt(event); });
    mouse.on("mousemovebody", (event) => { if (this.dragged && mouse.isMouseDown) this.drag(event); });
    mouse.on("mouseup", () => {
      if (this.dragging) this.on.moved(this.dragging.id, this.dragging);
      this.dragged = this.dragging = null;
    });
  }

  point({ x, y }) { this.hover(this.under({ x, y })); }

  hover({ node = "", line = "" }) {
    this.box.classList.toggle("over", Boolean(node || line));
    if (node === this.hovered) return;
    this.hovered = node;
    this.on.hover(node);
    this.box.classList.toggle("over", Boolean(node || line));
  }

  drag(event) {
    const item = this.dragged;
    event.preventSigmaDefault();
    Object.assign(item, this.unproject(event));
    this.dragging = item;
    this.sigma.getGraph().mergeNodeAttributes(item.id, { x: item.x, y: -item.y });
  }

  under(point) {
    const node = this.nodeAt(point);
    return node ? { node: node.id } : { line: this.lineAt(point)?.id };
  }

  nodeAt(point) {
    const { x, y } = this.unproject(point);
    const scale = this.scale();
    const grow = grown(scale) / scale;
    let found = null;
    let least = Infinity;
    for (const item of this.items.nodes.values()) {
      const away = Math.hypot(item.x - x, item.y - y) - Math.max(item.size * grow * 1.1, HIT / scale);
      if (away < 0 && away < least) { found = item; least = away; }
    }
    return found;
  }

  lineAt(point) {
    const { x, y } = this.unproject(point);
    const near = HIT / this.scale();
    let found = null;
    let least = near;
    for (const item of this.items.lines.values()) {
      if (dimming.on && !item.near) continue;
      const { a, b } = item;
      const room = near + Math.abs(item.bend) * (Math.abs(a.x - b.x) + Math.abs(a.y - b.y));
      if (x < Math.min(a.x, b.x) - room || x > Math.max(a.x, b.x) + room || y < Math.min(a.y, b.y) - room || y > Math.max(a.y, b.y) + room) continue;
      const away = distance(x, y, item);
      if (away < least) { found = item; least = away; }
    }
    return found;
  }

  show(nodes, lines) {
    this.items = { nodes: new Map(nodes.map((item) => [item.id, item])), lines: new Map(lines.map((item) => [item.id, item])) };
    const g = new webgl.MultiDirectedGraph();
    for (const item of nodes) g.addNode(item.id, { x: item.x, y: -item.y, item });
    for (const item of lines) {
      item.a = this.items.nodes.get(item.source);
      item.b = this.items.nodes.get(item.target);
      g.addDirectedEdgeWithKey(item.id, item.source, item.target, { type: item.bend ? "arc" : "line", item });
    }
    dimming.lines = lines.length;
    dimming.on = false;
    this.lit = { nodes: [], lines: [] };
    this.fresh = true;
    this.sigma.waiting = true;
    this.sigma.setGraph(g);
    this.sigma.waiting = false;
    this.sigma.scheduleRender();
  }

  // All others step back; only what comes near or goes is written anew.
  emphasise({ near, chosen }) {
    const before = this.lit;
    for (const item of [...before.nodes, ...before.lines]) item.near = item.chosen = false;
    const those = (items, ids) => [...(ids ?? [])].map((id) => items.get(id)).filter(Boolean);
    this.lit = { nodes: those(this.items.nodes, near?.nodes), lines: those(this.items.lines, near?.lines) };
    for (const item of [...this.lit.nodes, ...this.lit.lines]) { item.near = true; item.chosen = item.id === chosen; }
    dimming.on = Boolean(near);
    if (this.fresh) return;
    const ids = (kind) => [...new Set([...before[kind], ...this.lit[kind]])].filter((item) => this.items[kind].get(item.id) === item).map((item) => item.id);
    this.sigma.refresh({ partialGraph: { nodes: ids("nodes"), edges: ids("lines") }, skipIndexation: true, schedule: true });
  }

  // What is drawn at this size already is not drawn again.
  resized() {
    const { width, height } = this.size();
    if (width === this.drawnAt?.width && height === this.drawnAt.height) return;
    if (this.fitted) this.fit();
    else this.sigma.scheduleRender();
  }

  rendered() {
    this.fresh = false;
    this.drawnAt = this.size();
    this.paint();
    clearTimeout(this.settling);
    this.drawnFrom = { ...this.middleOfView(), scale: this.scale() };
    if (this.glided) for (const layer of this.layers()) layer.style.transform = "";
    this.glided = false;
    this.time();
  }

  layers() { return Object.entries(this.sigma.getCanvases()).filter(([name]) => name !== "mouse").map(([, layer]) => layer); }

  // How long the card, or what stands in for it, keeps the next frames waiting.
  time() {
    const began = performance.now();
    let left = FRAMES;
    const count = () => {
      left -= 1;
      if (left) requestAnimationFrame(count);
      else this.slow = performance.now() - began > FRAMES * SLOW;
    };
    requestAnimationFrame(count);
  }

  // Where a frame takes long, the last one is moved about until the camera stands still, and then drawn anew.
  glide() {
    if (!this.slow || this.jumping || !this.drawnFrom) { this.sigma.scheduleRender(); return; }
    const { width, height } = this.size();
    const grow = this.scale() / this.drawnFrom.scale;
    const { x, y } = this.project(this.drawnFrom);
    this.glided = true;
    for (const layer of this.layers()) layer.style.transform = `translate(${x - width / 2}px, ${y - height / 2}px) scale(${grow})`;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.sigma.scheduleRender(), SETTLED);
  }

  paint() {
    const { grounds, labels } = this.sigma.canvasContexts;
    const { width, height } = this.size();
    for (const context of [grounds, labels]) context.clearRect(0, 0, width, height);
    this.on.under(grounds);
    this.on.over(labels);
  }

  // What is under the pointer changes names alone.
  redraw() { if (!this.glided) this.paint(); }
  size() { return { width: this.box.clientWidth, height: this.box.clientHeight }; }
  camera() { return this.sigma.getCamera(); }

  scale() {
    const { width, height } = this.size();
    return Math.min(width, height) / EXTENT / this.camera().ratio;
  }

  project({ x, y }) {
    const { width, height } = this.size();
    const { x: cx, y: cy } = this.middleOfView();
    const scale = this.scale();
    return { x: width / 2 + (x - cx) * scale, y: height / 2 + (y - cy) * scale };
  }

  unproject({ x, y }) {
    const { width, height } = this.size();
    const { x: cx, y: cy } = this.middleOfView();
    const scale = this.scale();
    return { x: cx + (x - width / 2) / scale, y: cy + (y - height / 2) / scale };
  }

  middleOfView() {
    const { x, y } = this.camera();
    return { x: (x - 0.5) * EXTENT, y: (0.5 - y) * EXTENT };
  }

  spot(id) {
    const item = this.items.nodes.get(id);
    return item && { ...this.project(item), r: item.size * grown(this.scale()) };
  }

  middle(id) {
    const item = this.items.lines.get(id);
    if (!item) return null;
    const bow = bowed(item);
    return this.project({ x: (item.a.x + 2 * bow.x + item.b.x) / 4, y: (item.a.y + 2 * bow.y + item.b.y) / 4 });
  }

  fit(area) {
    const { left, right, top, bottom } = area ?? sides([...this.items.nodes.values()]);
    const { width, height } = this.size();
    const scale = Math.min((width - 60) / Math.max(right - left, 1), (height - 60) / Math.max(bottom - top, 1), 1.3);
    this.look({ x: (left + right) / 2, y: (top + bottom) / 2 }, scale);
    this.fitted = !area;
  }

  zoom(by) { this.move(this.middleOfView(), this.scale() * by); }

  pan(x, y) {
    const at = this.middleOfView();
    this.move({ x: at.x + x / this.scale(), y: at.y + y / this.scale() }, this.scale());
  }

  look(point, scale = this.scale()) {
    this.jumping = true;
    this.move(point, scale);
    this.jumping = false;
  }

  move({ x, y }, scale) {
    const { width, height } = this.size();
    this.camera().setState({ x: x / EXTENT + 0.5, y: 0.5 - y / EXTENT, ratio: Math.min(width, height) / EXTENT / scale });
  }

  // WebGL's picture lasts until the end of the task in which it is drawn.
  picture() {
    this.sigma.render();
    const layers = [...this.box.querySelectorAll("canvas")].filter((layer) => layer.style.display !== "none");
    const whole = document.createElement("canvas");
    whole.width = layers[0].width;
    whole.height = layers[0].height;
    const context = whole.getContext("2d");
    for (const layer of layers) context.drawImage(layer, 0, 0);
    return whole;
  }

  destroy() {
    this.gone = true;
    this.watch.disconnect();
    clearTimeout(this.settling);
    this.sigma.kill();
  }
}

function sides(points) {
  const found = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    found.left = Math.min(found.left, x);
    found.right = Math.max(found.right, x);
    found.top = Math.min(found.top, y);
    found.bottom = Math.max(found.bottom, y);
  }
  return points.length ? found : { left: 0, right: 0, top: 0, bottom: 0 };
}

// The point that a bent line leans to.
const bowed = ({ a, b, bend: turn }) => ({ x: (a.x + b.x) / 2 + (b.y - a.y) * turn, y: (a.y + b.y) / 2 - (b.x - a.x) * turn });

function distance(x, y, item) {
  const bow = bowed(item);
  let least = Infinity;
  let from = item.a;
  const pieces = item.bend ? CURVE : 1;
  for (let n = 1; n <= pieces; n += 1) {
    const t = n / pieces;
    const to = item.bend ? along(item.a, bow, item.b, t) : item.b;
    least = Math.min(least, toPiece(x, y, from, to));
    from = to;
  }
  return least;
}

const along = (a, b, c, t) => ({ x: (1 - t) ** 2 * a.x + 2 * t * (1 - t) * b.x + t * t * c.x, y: (1 - t) ** 2 * a.y + 2 * t * (1 - t) * b.y + t * t * c.y });

function toPiece(x, y, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const t = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}
