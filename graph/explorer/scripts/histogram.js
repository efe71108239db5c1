// When: events by day, week, month or year; dates that are spans are drawn pale over all that they may be; what has no
// date is counted beside, and left in unless unticked.

const DAY = 86400000;
const stamp = (iso) => Date.parse(`${iso}T00:00:00Z`);
const iso = (time) => new Date(time).toISOString().slice(0, 10);
let playing = 0;

const stampsOf = (those) => those.map((fact) => days(fact, state.by)).filter((d) => d && d[0] && d[1]).map(([a, b]) => [stamp(a), stamp(b)]);
const timed = () => leftBut().time.filter((fact) => fact.of !== "tie");

const bins = whileLeft(() => {
  const dated = stampsOf(timed());
  const every = stampsOf(facts);
  if (!every.length) return null;
  const [first, last] = range(every.flat());
  const span = (last - first) / DAY + 1;
  const unit = span <= 62 ? "day" : span <= 420 ? "week" : span <= 3660 ? "month" : "year";
  const starts = [];
  let at = floor(first, unit);
  while (at <= last && starts.length < 400) { starts.push(at); at = next(at, unit); }
  const made = starts.map((start, n) => ({ start, end: (starts[n + 1] ?? at) - DAY, firm: 0, span: 0 }));
  for (const [a, b] of dated) {
    const within = made.filter((bin) => a <= bin.end && b >= bin.start);
    const touched = within.length ? within : [b < first ? made[0] : made[made.length - 1]];
    if (touched.length === 1) touched[0].firm += 1;
    else for (const bin of touched) bin.span += 1 / touched.length;
  }
  return { made, unit };
});

// The first and last time, without the few that lie far from all others; these are counted in the bars at the ends.
function range(times) {
  const sorted = times.filter((t) => !Number.isNaN(t)).sort((a, b) => a - b);
  const spare = Math.floor(sorted.length * 0.06);
  let [low, high] = [0, sorted.length - 1];
  const far = (gap, rest) => gap > Math.max(rest, DAY) / 4;
  for (let n = spare; n > 0; n -= 1) if (far(sorted[n] - sorted[n - 1], sorted[high] - sorted[n])) { low = n; break; }
  for (let n = spare; n > 0; n -= 1) if (far(sorted[high - n + 1] - sorted[high - n], sorted[high - n] - sorted[low])) { high -= n; break; }
  return [sorted[low], sorted[high]];
}

function floor(time, unit) {
  const d = new Date(time);
  if (unit === "year") return Date.UTC(d.getUTCFullYear(), 0, 1);
  if (unit === "month") return Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), 1);
  return unit === "week" ? time - ((d.getUTCDay() + 6) % 7) * DAY : time;
}

function next(time, unit) {
  const d = new Date(time);
  if (unit === "year") return Date.UTC(d.getUTCFullYear() + 1, 0, 1);
  if (unit === "month") return Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1);
  return time + (unit === "week" ? 7 : 1) * DAY;
}

function histogram() {
  const old = document.getElementById("time");
  if (!old) return;
  const found = bins();
  const undated = timed().filter((fact) => !days(fact, state.by)).length;
  const held = document.activeElement?.dataset?.key;
  old.replaceChildren();
  filled(old, {}, timeBar(found, undated));
  if (held) old.querySelector(`[data-key="${held}"]`)?.focus();
}

function timeBar(found, undated) {
  const controls = el("div", { class: "time-head" },
    el("label", {}, "Time of ", el("select", { "data-key": "by", onchange: (e) => change({ by: e.target.value, from: "", to: "" }) }, el("option", { value: "event", selected: state.by === "event" }, "the event"), el("option", { value: "published", selected: state.by === "published" }, "publication"))),
    el("span", { id: "span" }, state.from || state.to ? `${day(state.from) || "the beginning"} to ${day(state.to) || "the end"}` : "all"),
    (state.from || state.to) && button("All times", () => change({ from: "", to: "" }), { class: "small", "data-key": "all" }),
    found && button(playing ? "Stop" : motionless.matches ? "Next bar" : "Play", play, { class: "small", "data-key": "play", "aria-pressed": String(Boolean(playing)) }),
    el("label", { class: "undated" }, el("input", { type: "checkbox", checked: state.undated, "data-key": "undated", onchange: (e) => change({ undated: e.target.checked }, false) }), ` ${undated.toLocaleString("en-GB")} undated shown`));
  if (!found) return [controls, el("p", { class: "also" }, "Nothing here has a date.")];
  return [controls, bars(found)];
}

function bars({ made, unit }) {
  const high = Math.max(...made.map((b) => b.firm + b.span), 1);
  const w = 1000 / made.length;
  const from = state.from ? stamp(state.from) : made[0].start;
  const to = state.to ? stamp(state.to) : made[made.length - 1].end;
  const inside = (bin) => bin.end >= from && bin.start <= to;
  const chart = svg("svg", { viewBox: "0 0 1000 56", preserveAspectRatio: "none", class: "bars", "aria-hidden": "true" },
    made.map((bin, n) => [
      svg("rect", { x: n * w + w * 0.08, width: w * 0.84, y: 56 - (54 * (bin.firm + bin.span)) / high, height: (54 * bin.span) / high, class: inside(bin) ? "vague" : "vague out" }),
      svg("rect", { x: n * w + w * 0.08, width: w * 0.84, y: 56 - (54 * bin.firm) / high, height: (54 * bin.firm) / high, class: inside(bin) ? "firm" : "firm out" }),
    ]));
  const at = (time) => (100 * (time - made[0].start)) / (made[made.length - 1].end + DAY - made[0].start);
  const index = (time) => Math.max(made.findLastIndex((b) => b.start <= time), 0);
  const place = (element, percent) => { element.style.left = `${Math.min(Math.max(percent, 0), 100)}%`; return element; };
  const handle = (key, time, label) => place(el("div", {
    class: "handle", role: "slider", tabindex: "0", "data-key": key, "aria-label": label, "aria-valuemin": 0, "aria-valuemax": made.length - 1, "aria-valuenow": index(time), "aria-valuetext": day(iso(time)),
    onkeydown: (e) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 12, PageDown: -12 }[e.key];
      if (!by) return;
      e.preventDefault();
      const bin = made[Math.min(Math.max(index(time) + by, 0), made.length - 1)];
      change(key === "from" ? { from: opening(bin, made) } : { to: ending(bin, made) }, false);
    },
  }), at(key === "to" ? time + DAY : time));
  const brush = el("div", { class: "brush" }, chart, handle("from", from, "From"), handle("to", to, "Until"));
  startBrush(brush, made);
  const every = Math.max(Math.ceil(made.length / Math.max(Math.min(Math.floor((document.getElementById("time").clientWidth - 40) / 88), 10), 2)), 1);
  const scale = el("div", { class: "scale", "aria-hidden": "true" }, made.filter((_, n) => n % every === 0).map((bin) => place(el("span", {}, tick(bin.start, unit)), at(bin.start))));
  return el("div", { class: "chart" }, brush, scale);
}

function tick(time, unit) {
  const d = new Date(time);
  const month = MONTHS[d.getUTCMonth()].slice(0, 3);
  return unit === "year" ? `${d.getUTCFullYear()}` : unit === "month" ? `${month} ${d.getUTCFullYear()}` : `${d.getUTCDate()} ${month} ${d.getUTCFullYear()}`;
}

// The bars at the ends are open: they hold what lies before and after as well.
const opening = (bin, made) => (bin === made[0] ? "" : iso(bin.start));
const ending = (bin, made) => (bin === made[made.length - 1] ? "" : iso(bin.end));

function startBrush(brush, made) {
  const binAt = (event) => {
    const { left: x, width } = brush.getBoundingClientRect();
    return made[Math.min(Math.max(Math.floor(((event.clientX - x) / width) * made.length), 0), made.length - 1)];
  };
  brush.addEventListener("pointerdown", (event) => {
    const start = binAt(event);
    const edge = event.target.dataset?.key;
    brush.setPointerCapture(event.pointerId);
    brush.addEventListener("pointerup", (up) => {
      const end = binAt(up);
      if (edge === "from") change({ from: opening(end, made) });
      else if (edge === "to") change({ to: ending(end, made) });
      else {
        const [a, b] = start.start <= end.start ? [start, end] : [end, start];
        change({ from: opening(a, made), to: ending(b, made) });
      }
    }, { once: true });
  });
}

// From the beginning to the end, a bar at a time; where motion is not wanted, a bar for each press.
const motionless = window.matchMedia("(prefers-reduced-motion: reduce)");
let played = -1;

function play() {
  if (playing) { stopPlaying(); render(); return; }
  if (!motionless.matches) playing = setInterval(playOn, 900);
  playOn();
}

function stopPlaying() {
  clearInterval(playing);
  playing = 0;
  played = -1;
}

function playOn() {
  const made = bins()?.made ?? [];
  played += 1;
  while (played < made.length && !(made[played].firm + made[played].span)) played += 1;
  if (played < made.length) change({ from: "", to: ending(made[played], made) || iso(made[played].end) }, false);
  else { stopPlaying(); change({ from: "", to: "" }, false); }
}
