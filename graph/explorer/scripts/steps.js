// A story that an author has written: numbered steps, each a view with a caption, gone through one after the other.

const steps = book.steps ?? [];

// The address of a step's view; the step itself is part of it, so that a link leads to it.
function stepAddress(number) {
  const told = steps[number - 1].state ?? "";
  const pairs = new URLSearchParams(typeof told === "string" ? told.replace(/^#/, "") : Object.entries(told).map(([key, value]) => [key, written(value)]));
  pairs.set("step", String(number));
  return `#${pairs}`;
}

function goToStep(number) {
  if (number < 1 || number > steps.length) return;
  past.push(address());
  readAddress(stepAddress(number));
  writeAddress(true);
  render();
  const { title: heading, caption } = steps[number - 1];
  tell(`Step ${number} of ${steps.length}: ${heading ?? ""}. ${caption ?? ""}`);
}

function leaveStory() {
  change({ step: 0 });
  document.getElementById("begin")?.focus();
}

function storyBar() {
  const box = document.getElementById("steps");
  const within = box.contains(document.activeElement);
  const held = document.activeElement?.dataset?.key;
  box.hidden = !steps.length || !state.step;
  const begin = document.getElementById("begin");
  if (begin) begin.hidden = !steps.length || state.step > 0;
  document.body.classList.toggle("in-story", !box.hidden);
  if (box.hidden) { box.replaceChildren(); return; }
  const { title: heading, caption } = steps[state.step - 1];
  const away = address() !== addressOf(stepAddress(state.step));
  box.replaceChildren(el("div", { class: "step" },
    el("p", { class: "step-count" }, `Step ${state.step} of ${steps.length}`),
    el("div", { class: "step-words" }, el("h2", {}, el("bdi", {}, heading ?? "")), caption && el("p", { dir: "auto" }, caption)),
    el("div", { class: "step-keys" },
      button("‹ Back", () => goToStep(state.step - 1), { "data-key": "step back", disabled: state.step === 1, "aria-label": "Step before" }),
      state.step < steps.length ? button("Next ›", () => goToStep(state.step + 1), { "data-key": "step next", class: "primary", "aria-label": "Next step" }) : button("To the start", () => goToStep(1), { "data-key": "step next" }),
      away && button("As told", () => goToStep(state.step), { "data-key": "step again", title: "The view as the story has it" }),
      button("×", leaveStory, { class: "close", "data-key": "step leave", "aria-label": "Leave the story" }))));
  if (within) (box.querySelector(`[data-key="${held}"]:not([disabled])`) ?? box.querySelector("[data-key='step next']")).focus();
}

// An address as this page would write it itself.
function addressOf(text) {
  const now = address();
  readAddress(text);
  const made = address();
  readAddress(now);
  return made;
}

function storyKeys(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by) { event.preventDefault(); goToStep(state.step + by); }
  else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); leaveStory(); }
}

function startStory() {
  document.getElementById("steps").addEventListener("keydown", storyKeys);
  if (!steps.length) return;
  document.getElementById("tools").prepend(button("▸ Story", () => { goToStep(1); document.querySelector("#steps [data-key='step next']").focus(); }, { id: "begin", class: "primary" }));
}
