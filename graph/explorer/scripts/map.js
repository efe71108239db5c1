// Where: places with coordinates on an outline of the world that the page carries; size is how much is told of each.

const located = story.actors.filter((actor) => actor.coordinates);
const MAP_MARGIN = 40;
const MOST_MAPPED = 400;
const CLOSEST = 0.004;
let eye = null;
let steered = false;
let mapBox = { width: 800, height: 500 };
const flatness = Math.cos((Math.PI / 180) * Math.min(Math.abs(middleOf(located.map((a) => a.coordinates[0]))), 70));
const onMap = ([latitude, longitude]) => ({ x: longitude * flatness, y: -latitude });

function middleOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

// Each place with what is left of its facts, most first; the chosen one stays.
function mapped() {
  return located.map((actor) => {
    const own = (factsOf.get(actor.id) ?? []).filter((fact) => left.has(fact.id));
    return { actor, own, there: own.filter((fact) => (fact.parts ?? []).some((p) => p.role === "place" && p.ref === actor.id)), ...onMap(actor.coordinates) };
  }).filter(({ actor, own }) => (own.length && shown(actor.id)) || actor.id === state.chosen)
    .sort((a, b) => b.own.length - a.own.length || (a.actor.id < b.actor.id ? -1 : 1));
}

function mapView() {
  const spots = mapped();
  const chart = el("div", { id: "map", tabindex: "0", role: "group", "aria-label": "Map. Arrows move it, + and − come nearer and go farther, 0 shows all; the list beside it has the same places.", onkeydown: mapKeys }, outlineSvg(), el("div", { class: "spots" }));
  startMap(chart);
  return [
    el("div", { class: "map-main" }, chart, el("div", { class: "zoom" }, button("−", () => zoomMap(1.5), { "aria-label": "Farther" }), button("+", () => zoomMap(1 / 1.5), { "aria-label": "Nearer" }), button("Fit", () => wholeAgain())),
      el("p", { class: "also credit" }, "Outlines and borders as Natural Earth has them (1 : 110 million).")),
    el("div", { class: "map-list" }, el("h2", {}, plural(spots.length, "place")), placeList(spots), unmapped()),
  ];
}

function placeList(spots) {
  if (!spots.length) return el("p", { class: "empty" }, "Nothing is left with these filters.");
  return el("ul", { class: "plain" }, spots.slice(0, MOST_MAPPED).map(({ actor, own, there }) => el("li", { class: actor.id === state.chosen ? "chosen" : null },
    reference(actor.id), el("span", { class: "count" }, ` ${plural(own.length, "fact")}${there.length ? `, ${there.length} there` : ""}`),
    actor.id === state.chosen && there.length > 0 && el("ul", { class: "there" }, [...there].sort(byTime).slice(0, 40).map((deed) => el("li", {}, badge(deed.status), " ", el("button", { type: "button", class: "fact", onclick: () => choose(deed.id) }, el("bdi", {}, plainly(deed)))))))));
}

function unmapped() {
  const others = story.actors.filter((a) => a.family === "place" && !a.coordinates && shown(a.id) && (factsOf.get(a.id) ?? []).some((f) => left.has(f.id)));
  if (!others.length) return null;
  return el("details", { class: "facet" }, el("summary", {}, `${plural(others.length, "place")} without coordinates`), el("ul", { class: "plain" }, others.slice(0, 100).map((a) => el("li", {}, reference(a.id)))));
}

function outlineSvg() {
  const { land = [], borders = [], perDegree = 1 } = book.outline ?? {};
  const path = (lines, end) => lines.map(([x, y, ...steps]) => `M${x} ${y}l${steps.join(" ")}${end}`).join("");
  return svg("svg", { class: "outline", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("g", { transform: `scale(${flatness / perDegree} ${-1 / perDegree})` }, svg("path", { class: "land", d: path(land, "z"), "fill-rule": "evenodd" }), svg("path", { class: "borders", d: path(borders, "") })));
}

// All places with some air around them, never nearer than a region.
function wholeMap() {
  const points = mapped().length ? mapped() : located.map((a) => onMap(a.coordinates));
  const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
  const scale = Math.max((Math.max(...xs) - Math.min(...xs)) / (mapBox.width - 4 * MAP_MARGIN), (Math.max(...ys) - Math.min(...ys)) / (mapBox.height - 2 * MAP_MARGIN), 12 / mapBox.width);
  return { x: (Math.max(...xs) + Math.min(...xs)) / 2, y: (Math.max(...ys) + Math.min(...ys)) / 2, scale };
}

function wholeAgain() {
  steered = false;
  lookAtMap();
}

const toScreen = ({ x, y }) => ({ x: (x - eye.x) / eye.scale + mapBox.width / 2, y: (y - eye.y) / eye.scale + mapBox.height / 2 });

function lookAtMap() {
  const chart = document.getElementById("map");
  if (!chart) return;
  mapBox = { width: Math.max(chart.clientWidth, 50), height: Math.max(chart.clientHeight, 50) };
  if (!steered) eye = wholeMap();
  const [width, height] = [mapBox.width * eye.scale, mapBox.height * eye.scale];
  chart.querySelector(".outline").setAttribute("viewBox", `${eye.x - width / 2} ${eye.y - height / 2} ${width} ${height}`);
  const held = document.activeElement?.dataset?.key;
  chart.querySelector(".spots").replaceChildren(...markers());
  if (held?.startsWith("spot")) chart.querySelector(`[data-key="${held}"]`)?.focus();
}

// Names where they have room, the most told of first.
function placedSpots() {
  const taken = new Taken();
  const most = Math.max(...mapped().map((s) => s.own.length), 1);
  const inView = mapped().map((spot) => ({ ...spot, at: toScreen(spot), r: 5 + 13 * Math.sqrt(spot.own.length / most) }))
    .filter(({ at }) => at.x > -20 && at.y > -20 && at.x < mapBox.width + 20 && at.y < mapBox.height + 20).slice(0, MOST_MAPPED);
  for (const { at, r, actor } of inView) taken.add({ left: at.x - r, right: at.x + r, top: at.y - r, bottom: at.y + r, of: actor.id });
  for (const spot of inView) {
    const { at, r, actor } = spot;
    const wide = Math.min(Array.from(actor.name).length * 7.6, 190) + 6;
    const areas = [{ side: "right", left: at.x + r, right: at.x + r + wide }, { side: "left", left: at.x - r - wide, right: at.x - r }].map((a) => ({ ...a, top: at.y - 9, bottom: at.y + 9 }));
    const free = areas.find((area) => area.left > 0 && area.right < mapBox.width && !taken.clash(area, actor.id)) ?? (actor.id === state.chosen ? areas[0] : null);
    if (free) taken.add(free);
    spot.side = free?.side ?? "";
  }
  return inView;
}

function markers() {
  return placedSpots().reverse().map(({ actor, own, there, at, r, side }) => {
    const dot = el("i", { "aria-hidden": "true" });
    dot.style.width = dot.style.height = `${2 * r}px`;
    const mark = el("button", { type: "button", class: `spot ${side}${actor.id === state.chosen ? " chosen" : ""}`, "data-key": `spot ${actor.id}`, title: `${actor.name}: ${plural(own.length, "fact")}`,
      "aria-label": `${actor.name}: ${plural(own.length, "fact")}${there.length ? `, ${there.length} there` : ""}`, "aria-pressed": String(actor.id === state.chosen), onclick: () => choose(actor.id) }, dot, side && el("bdi", {}, actor.name));
    mark.style.left = `${at.x}px`;
    mark.style.top = `${at.y}px`;
    return mark;
  });
}

function zoomMap(by, at = { x: mapBox.width / 2, y: mapBox.height / 2 }) {
  steered = true;
  const scale = Math.min(Math.max(eye.scale * by, CLOSEST), 380 / mapBox.width);
  eye = { scale, x: eye.x + (at.x - mapBox.width / 2) * (eye.scale - scale), y: eye.y + (at.y - mapBox.height / 2) * (eye.scale - scale) };
  lookAtMap();
}

function moveMap(x, y) {
  steered = true;
  eye = { ...eye, x: Math.min(Math.max(eye.x - x * eye.scale, -190), 190), y: Math.min(Math.max(eye.y - y * eye.scale, -90), 90) };
  lookAtMap();
}

function mapKeys(event) {
  const step = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] }[event.key];
  if (step) moveMap(...step);
  else if (event.key === "+" || event.key === "=") zoomMap(1 / 1.5);
  else if (event.key === "-") zoomMap(1.5);
  else if (event.key === "0") wholeAgain();
  else return;
  event.preventDefault();
}

// One finger or the pointer moves the map, two bring it nearer.
function startMap(chart) {
  const touching = new Map();
  const spread = () => { const [a, b] = [...touching.values()]; return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, wide: Math.hypot(a.x - b.x, a.y - b.y) }; };
  const at = ({ clientX, clientY }) => { const { left: x, top: y } = chart.getBoundingClientRect(); return { x: clientX - x, y: clientY - y }; };
  chart.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".spot")) return;
    touching.set(event.pointerId, at(event));
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener("pointermove", (event) => {
    const was = touching.get(event.pointerId);
    if (!was) return;
    const now = at(event);
    const before = touching.size === 2 && spread();
    touching.set(event.pointerId, now);
    if (before) zoomMap(before.wide / Math.max(spread().wide, 1), spread());
    else moveMap(now.x - was.x, now.y - was.y);
  });
  for (const end of ["pointerup", "pointercancel"]) chart.addEventListener(end, (event) => touching.delete(event.pointerId));
  chart.addEventListener("wheel", (event) => { event.preventDefault(); zoomMap(event.deltaY > 0 ? 1.2 : 1 / 1.2, at(event)); }, { passive: false });
  new ResizeObserver(() => lookAtMap()).observe(chart);
}
