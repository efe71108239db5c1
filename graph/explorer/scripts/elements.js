// Elements are made here and nowhere else: words are text, never markup; a link is http(s) or no link.

function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "" && child !== 0));
  return element;
}

function webAddress(address) {
  try {
    const parsed = new URL(address);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : null;
  } catch {
    return null;
  }
}

function link(address, ...children) {
  const safe = webAddress(address);
  return safe ? el("a", { href: safe, rel: "noopener noreferrer", target: "_blank" }, ...children) : el("span", {}, ...children);
}

function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

// A name that can be chosen; its direction is its own.
function reference(id, text = nameOf(id)) {
  if (!things.has(id)) return el("bdi", {}, text);
  return el("button", { type: "button", class: "ref", "data-ref": id, onclick: () => choose(id) }, shape(familyOf(id)), el("bdi", {}, text));
}

function tell(text) {
  document.getElementById("told").textContent = text;
}

// Told, and shown for a moment.
let saying = 0;
function say(text) {
  tell(text);
  document.body.dataset.said = text;
  clearTimeout(saying);
  saying = setTimeout(() => { delete document.body.dataset.said; }, 2500);
}

const plural = (n, one, many = `${one}s`) => `${n.toLocaleString("en-GB")} ${n === 1 ? one : many}`;

const MONTHS = "January February March April May June July August September October November December".split(" ");
function day(iso) {
  const [y, m, d] = (iso ?? "").split("-").map(Number);
  return y ? `${d ? `${d} ` : ""}${m ? `${MONTHS[m - 1]} ` : ""}${y}` : "";
}
