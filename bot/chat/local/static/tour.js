// The guided tour: points at the page's own controls, one step at a time, and goes on when they
// are used. It lies in no layer above the page, so it hides nothing and traps nobody.

const bar = document.getElementById("tour");
const KEY = "tour";
const last = (selector) => () => [...document.querySelectorAll(selector)].at(-1);
const find = (selector) => () => document.querySelector(selector);
const controls = {
  ask: () => document.querySelector(".sample-button, .talk > .composer textarea"),
  ground: last(".line.bot .m-fields"),
  refer: last(".line.bot .m-buttons .primary"),
  card: last(".line.bot .body"),
  reply: last("[data-reply], .under .composer textarea"),
  role: find("#role"),
  ministry: find("#persona"),
  tasks: find(".tasks"),
};
const locate = (at) =>
  at.startsWith("place:") ? document.querySelector(`[data-place="${at.slice(6)}"]`) : controls[at]?.();

let state = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
let shown = null; // The control that the present step points at.

function save(next) {
  state = next;
  sessionStorage.setItem(KEY, JSON.stringify(next));
  draw();
}

// The steps of the page's own persona; a tour that was begun keeps its own when the persona changes.
function begin() {
  const steps = [...document.getElementById("steps").content.children].map((step) =>
    ({ at: step.dataset.at, title: step.dataset.title, text: step.textContent.trim() }));
  const role = document.getElementById("steps").dataset.part;
  const again = state?.role === role && state.step < steps.length - 1 ? state.step : 0;
  save({ role, steps, step: again, open: true });
  document.getElementById("tour-title").focus();
}

function go(by) {
  const step = Math.min(Math.max(0, state.step + by), state.steps.length - 1);
  if (step !== state.step) save({ ...state, step });
}

function draw() {
  const open = Boolean(state?.open);
  bar.hidden = !open;
  for (const button of document.querySelectorAll("[data-tour=start]")) button.hidden = open;
  if (!open) return point(null);
  const { steps, step } = state;
  write("[data-count]", `${step + 1}/${steps.length}`);
  write("h2", steps[step].title);
  write("[data-text]", steps[step].text);
  bar.querySelector("[data-tour=back]").disabled = step === 0;
  const end = step === steps.length - 1;
  bar.querySelector("[data-tour=next]").hidden = end;
  point(locate(steps[step].at));
}

// Only what has changed is written: it is a live region, and would be read out again.
function write(place, text) {
  const element = bar.querySelector(place);
  if (element.textContent !== text) element.textContent = text;
}

function point(control) {
  if (shown !== control) {
    shown?.classList.remove("pointed");
    control?.classList.add("pointed");
    shown = control ?? null;
  }
  bar.querySelector("[data-tour=there]").hidden = !control;
}

function there() {
  // On a phone the list of places is folded away.
  const places = shown.closest("[popover]");
  if (places && !shown.offsetParent) places.showPopover();
  if (shown.tabIndex < 0) shown.tabIndex = -1;
  shown.scrollIntoView({ block: "nearest" });
  shown.focus();
}

function use(event) {
  if (!state?.open || !shown) return;
  const { target } = event;
  const used = event.type === "submit"
    ? target.contains(shown) || (state.steps[state.step].at === "ask" && target.matches("[action='/say']"))
    : shown.contains(target) && shown.matches("a[href]");
  if (used) go(1);
}

export function follow() {
  document.addEventListener("click", (event) => {
    const act = event.target.closest?.("[data-tour]")?.dataset.tour;
    const acts = { start: begin, back: () => go(-1), next: () => go(1), leave: () => save({ ...state, open: false }), there };
    if (act) acts[act]();
  });
  document.addEventListener("click", use, true);
  document.addEventListener("submit", use, true);
  // Controls come and go: an answer arrives, a card is closed.
  const main = document.getElementById("main");
  new MutationObserver(() => state?.open && point(locate(state.steps[state.step].at)))
    .observe(main, { childList: true, subtree: true });
  draw();
}
