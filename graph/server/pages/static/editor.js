// The query editor: YASGUI with our prefixes, questions and terms, and two ways of our own to see an answer.
"use strict";
(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const place = document.getElementById("editor");
  const endpoint = new URL(place.dataset.endpoint, location.href).href;
  const { Yasqe, Yasr } = Yasgui;
  const SVG = "http://www.w3.org/2000/svg";
  const MOST = { bars: 40, nodes: 120 };

  const element = (name, attributes = {}, text = "") => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  };
  const paragraph = (text) => Object.assign(document.createElement("p"), { className: "also", textContent: text });
  const short = (text, most = 34) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  const named = (term) => {
    if (!term) return "";
    if (term.type !== "uri") return term.value;
    if (settings.labels[term.value]) return settings.labels[term.value];
    return decodeURIComponent(term.value.replace(/[/#]$/, "").replace(/^.*[/#]/, "").replace(/%(?![0-9A-Fa-f]{2})/g, "%25"));
  };
  const numeric = (term) => term && term.type !== "uri" && term.value.trim() !== "" && Number.isFinite(Number(term.value));
  const answer = (yasr) => {
    const rows = (yasr.results && yasr.results.getBindings()) || [];
    const columns = (yasr.results && yasr.results.getVariables()) || [];
    return { rows, columns: columns.length ? columns : Object.keys(rows[0] || {}) };
  };

  // what a chart shows: a column of names and one of numbers, or how often each value of the first column stands there
  const counted = ({ rows, columns }) => {
    const some = (column, fits) => rows.some((row) => row[column]) && rows.every((row) => !row[column] || fits(row[column]));
    const figures = columns.find((column) => some(column, numeric));
    const names = columns.find((column) => column !== figures && some(column, (term) => !numeric(term))) || columns[0];
    const bars = new Map();
    for (const row of rows) {
      const name = named(row[names]);
      bars.set(name, (bars.get(name) || 0) + (figures ? Number(row[figures] ? row[figures].value : 0) : 1));
    }
    const sorted = [...bars].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return { what: figures ? `${figures} by ${names}` : `rows by ${names}`, bars: sorted };
  };

  class Chart {
    priority = 3;
    label = "Chart";
    constructor(yasr) { this.yasr = yasr; }
    canHandleResults() { return answer(this.yasr).rows.length > 0; }
    getIcon() { return icon("M3 20h18M5 20V11h3v9M11 20V4h3v16M17 20v-6h3v6"); }
    draw() {
      const { what, bars } = counted(answer(this.yasr));
      const shown = bars.slice(0, MOST.bars), most = Math.max(...shown.map((bar) => Math.abs(bar[1])), 1e-9);
      const drawing = element("svg", { class: "chart", viewBox: `0 0 800 ${24 * shown.length + 8}`, role: "img", "aria-label": `Chart: ${what}` });
      shown.forEach(([name, value], number) => {
        const y = 24 * number + 4;
        const bar = element("g");
        bar.append(element("title", {}, `${name}: ${value}`), element("text", { x: 232, y: y + 15, "text-anchor": "end" }, short(name)),
          element("rect", { x: 240, y: y + 2, width: Math.max((480 * Math.abs(value)) / most, 1), height: 17, rx: 2, class: value < 0 ? "minus" : "" }),
          element("text", { x: 246 + (480 * Math.abs(value)) / most, y: y + 15 }, String(Math.round(value * 1000) / 1000)));
        drawing.append(bar);
      });
      const cut = bars.length > shown.length ? `; the ${shown.length} largest of ${bars.length}` : "";
      this.yasr.resultsEl.replaceChildren(paragraph(`${what}${cut}`), drawing);
    }
  }

  // what is linked: subject and object of triples, or the first two columns that hold IRIs
  const linked = ({ rows, columns }) => {
    const iris = columns.filter((column) => rows.some((row) => row[column] && row[column].type === "uri"));
    const triples = columns.includes("subject") && columns.includes("object");
    const [from, to] = triples ? ["subject", "object"] : iris;
    const by = triples ? "predicate" : columns.find((column) => column !== from && column !== to && !iris.includes(column));
    return from && to ? rows.filter((row) => row[from] && row[to]).map((row) => ({ from: row[from], to: row[to], by: by && named(row[by]) })) : [];
  };

  // Fruchterman and Reingold, from places on a spiral: the same answer is drawn the same
  const placed = (count, edges) => {
    const at = Array.from({ length: count }, (_, n) => [Math.sqrt(n + 1) * 30 * Math.cos(n * 2.4), Math.sqrt(n + 1) * 30 * Math.sin(n * 2.4)]);
    const wanted = 90;
    for (let round = 0; round < 240; round += 1) {
      const move = at.map(() => [0, 0]);
      const pull = (a, b, force) => {
        const dx = at[a][0] - at[b][0], dy = at[a][1] - at[b][1], far = Math.max(Math.hypot(dx, dy), 0.01), by = force(far) / far;
        move[a][0] += dx * by; move[a][1] += dy * by; move[b][0] -= dx * by; move[b][1] -= dy * by;
      };
      for (let a = 0; a < count; a += 1) for (let b = a + 1; b < count; b += 1) pull(a, b, (far) => (wanted * wanted) / far);
      for (const [a, b] of edges) if (a !== b) pull(a, b, (far) => -(far * far) / wanted);
      const heat = 60 * (1 - round / 240) + 1;
      move.forEach(([x, y], n) => { const far = Math.max(Math.hypot(x, y), 0.01), by = Math.min(far, heat) / far; at[n][0] += x * by - at[n][0] * 0.01; at[n][1] += y * by - at[n][1] * 0.01; });
    }
    return at;
  };

  class Network {
    priority = 2;
    label = "Network";
    constructor(yasr) { this.yasr = yasr; }
    canHandleResults() { return linked(answer(this.yasr)).length > 0; }
    getIcon() { return icon("M6 6l12 3M6 6l6 12M18 9l-6 9M6 6m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M18 9m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M12 18m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"); }
    draw() {
      const links = linked(answer(this.yasr));
      const nodes = new Map();
      const number = (term) => {
        const key = `${term.type} ${term.value}`;
        if (!nodes.has(key) && nodes.size < MOST.nodes) nodes.set(key, { number: nodes.size, term });
        return nodes.has(key) ? nodes.get(key).number : -1;
      };
      const edges = links.map((link) => [number(link.from), number(link.to), link.by]).filter(([a, b]) => a >= 0 && b >= 0);
      const at = placed(nodes.size, edges);
      const xs = at.map((p) => p[0]), ys = at.map((p) => p[1]), left = Math.min(...xs) - 70, top = Math.min(...ys) - 40;
      const drawing = element("svg", { class: "drawn", viewBox: `${left} ${top} ${Math.max(...xs) - left + 70} ${Math.max(...ys) - top + 40}`, role: "img", "aria-label": `Network: ${nodes.size} nodes, ${edges.length} links; the table says the same` });
      for (const [a, b, by] of edges) {
        const line = element("line", { x1: at[a][0], y1: at[a][1], x2: at[b][0], y2: at[b][1] });
        if (by) line.append(element("title", {}, by));
        drawing.append(line);
      }
      for (const { number: n, term } of nodes.values()) {
        const node = element("g", { transform: `translate(${at[n][0].toFixed(1)} ${at[n][1].toFixed(1)})`, class: term.type === "uri" ? "" : "literal" });
        node.append(element("title", {}, term.value), element("circle", { r: 6 }), element("text", { y: 20, "text-anchor": "middle" }, short(named(term), 26)));
        drawing.append(node);
      }
      const cut = nodes.size >= MOST.nodes ? `; only the first ${MOST.nodes} nodes are drawn` : "";
      this.yasr.resultsEl.replaceChildren(paragraph(`${nodes.size} nodes, ${edges.length} links${cut}`), drawing);
    }
  }

  function icon(path) {
    const drawing = element("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
    drawing.append(element("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 2 }));
    return drawing;
  }

  // an answer that has as many rows as the server gives at most was probably cut, of which the answer itself says nothing
  const told = (yasr) => {
    const before = yasr.rootEl.querySelector(".cut");
    if (before) before.remove();
    const rows = yasr.results ? (yasr.results.getBindings() || []).length : 0;
    if (!settings.rows || rows < settings.rows) return;
    const words = `This server gives at most ${settings.rows.toLocaleString("en")} rows, and this answer has as many: there are probably more. Ask for less, or page by page, with ORDER BY, LIMIT and OFFSET.`;
    yasr.resultsEl.before(Object.assign(document.createElement("p"), { className: "cut", role: "status", textContent: words }));
  };

  // what YASGUI shows without a name that is read out
  const nameless = [
    [".CodeMirror textarea:not([readonly])", () => "The query"],
    [".CodeMirror textarea[readonly]", () => "The answer as it came"],
    [".tableSizer", () => "Rows on a page"],
    [".CodeMirror-hints", () => "Completions"],
    [".tabsList .tab input", () => "Name of the tab"],
    [".tabMenu input, .tabMenu select", (field) => ((field.closest(".requestConfigWrapper, .selector") || field.parentElement).querySelector(".label, label") || { textContent: "Setting" }).textContent.trim()],
  ];
  const label = () => {
    for (const [which, name] of nameless) for (const each of document.querySelectorAll(which)) if (!each.ariaLabel) each.ariaLabel = name(each);
    for (const add of place.querySelectorAll(".addTab:not([role])")) add.setAttribute("role", "tab"); // all in a list of tabs is one
    for (const head of place.querySelectorAll(".dataTable thead th")) {
      if (!head.textContent.trim()) head.append(Object.assign(document.createElement("span"), { className: "unseen", textContent: "Row" }));
    }
    for (const scrolled of place.querySelectorAll(".CodeMirror-scroll[tabindex='-1']")) scrolled.tabIndex = 0;
    for (const button of place.querySelectorAll(".yasr_btn")) button.ariaDisabled = String(button.classList.contains("disabled"));
  };

  Yasr.registerPlugin("chart", Chart);
  Yasr.registerPlugin("network", Network);
  const complete = (kind, iris) => Yasqe.forkAutocompleter(kind, { name: `${kind}-whodid`, persistenceId: null, bulk: true, get: () => iris }, false);
  complete("class", settings.classes);
  complete("property", settings.properties);
  Yasqe.forkAutocompleter("prefixes", { name: "prefixes-whodid", persistenceId: null, bulk: true, get: () => Object.entries(settings.prefixes).map(([name, iri]) => `${name}: <${iri}>`) }, false);

  const first = settings.questions[0];
  const declared = Object.entries(settings.prefixes).map(([name, iri]) => `PREFIX ${name}: <${iri}>\n`).join("");
  const yasgui = new Yasgui(place, {
    requestConfig: { endpoint, method: "POST", acceptHeaderGraph: "text/turtle" },
    copyEndpointOnNewTab: true,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    persistenceId: "whodid",
    populateFromUrl: true,
    autofocus: false,
    yasqe: {
      value: first ? first.sparql : `${declared}SELECT * WHERE { ?event a who:Event ; rdfs:label ?what } LIMIT 20`,
      autocompleters: ["variables", "class-whodid", "property-whodid", "prefixes-whodid"],
      createShareableLink: undefined,
      resizeable: true,
      collapsePrefixesOnLoad: true,
    },
    yasr: { prefixes: settings.prefixes, pluginOrder: ["table", "chart", "network", "response"], defaultPlugin: "table" },
  });

  // the key Tab leads out of the editor, as it does everywhere
  const known = new WeakSet();
  const opened = (tab) => {
    const editor = tab && tab.getYasqe(), yasr = tab && tab.getYasr();
    if (!editor || !yasr || known.has(yasr)) return;
    known.add(yasr);
    editor.setOption("extraKeys", { ...editor.getOption("extraKeys"), Tab: false, "Shift-Tab": false });
    yasr.on("drawn", () => told(yasr));
    told(yasr);
  };
  const look = () => { opened(yasgui.getTab()); label(); };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();

  for (const button of document.querySelectorAll("[data-question]")) {
    const question = settings.questions.find((each) => each.name === button.dataset.question);
    button.hidden = false;
    button.setAttribute("aria-label", `Open in the editor: ${question.title}`);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      yasgui.addTab(true, { ...Yasgui.Tab.getDefaults(yasgui), name: question.name, yasqe: { value: question.sparql } }, { avoidDuplicateTabs: true });
      place.scrollIntoView();
    });
  }
  document.body.dataset.ready = "yes";
})();
