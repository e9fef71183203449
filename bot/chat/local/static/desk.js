// Sends forms without a new page, shows what changes, and keeps drafts. Every part of the page
// also works without it.

const log = document.getElementById("log");
const threads = document.getElementById("threads");
const newer = document.getElementById("newer");
const status = document.getElementById("status");
const dialog = document.getElementById("dialog");
const words = document.body.dataset;
let statusTimer;

// ---------------------------------------------------------------- the status line

function tell(text, seconds = 8) {
  clearTimeout(statusTimer);
  status.textContent = text;
  if (text && seconds) statusTimer = setTimeout(() => tell(""), seconds * 1000);
}

// ---------------------------------------------------------------- drafts

const draftKey = (form) => `draft:${form.dataset.draft}`;

function saveDraft(form) {
  const kept = [...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && form.elements[name]?.type !== "hidden");
  sessionStorage.setItem(draftKey(form), JSON.stringify(kept));
}

function restoreDrafts(part) {
  for (const form of part.querySelectorAll("form[data-draft]")) {
    const kept = JSON.parse(sessionStorage.getItem(draftKey(form)) ?? "null");
    if (kept) fill(form, kept);
  }
}

function fill(form, kept) {
  for (const field of form.elements) {
    const values = kept.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length && field.type !== "hidden" && field.type !== "file") field.value = values[0];
  }
  // A reply that was begun stands open again.
  const answer = form.closest("details.answer");
  if (answer && form.elements.text?.value) answer.open = true;
}

document.addEventListener("input", ({ target }) => {
  if (target.form?.dataset.draft) saveDraft(target.form);
});

// ---------------------------------------------------------------- sending

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("send" in form.dataset)) return;
  event.preventDefault();
  // A second press while the first is under way is the same press.
  if (form.ariaBusy !== "true") send(form);
});

async function send(form) {
  form.ariaBusy = "true";
  try {
    const response = await fetch(form.getAttribute("action"), {
      method: "POST", headers: { Accept: "application/json" }, body: new FormData(form),
    });
    settle(form, response.ok, await response.json());
  } catch {
    showFault(form, words.failed);
  } finally {
    form.ariaBusy = null;
  }
}

function settle(form, ok, result) {
  // The page is older than the server's session: drafts stay, so a new one costs nothing.
  if (result.stale) return location.reload();
  if (result.nonce) form.elements.nonce.value = result.nonce;
  showErrors(form, result.errors ?? {});
  showFault(form, ok ? "" : result.error);
  if (!ok) return;
  if (result.dialog) return openDialog(result.dialog);
  if (form.dataset.draft) forget(form);
  if (dialog.contains(form)) dialog.close();
  if (result.notice) tell(result.notice);
}

function forget(form) {
  sessionStorage.removeItem(draftKey(form));
  form.reset();
  for (const text of form.querySelectorAll("textarea")) text.value = text.defaultValue;
  form.elements.text?.focus();
}

function showFault(form, text) {
  const place = form.querySelector(".fault[role=alert], .m-form-fault");
  if (!place) return text && tell(text, 0);
  place.textContent = text;
  place.hidden = !text;
}

function showErrors(form, errors) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const text = errors[field.dataset.field] ?? "";
    const place = field.querySelector(".fault");
    place.textContent = text;
    place.hidden = !text;
    const inputs = field.querySelectorAll("input, select, textarea");
    for (const input of inputs) text ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
  }
  form.querySelector("[aria-invalid]")?.focus();
}

function openDialog(html) {
  const body = document.getElementById("dialog-body");
  body.innerHTML = html;
  dialog.setAttribute("aria-labelledby", body.querySelector("[id$=-title]")?.id ?? "");
  restoreDrafts(body);
  dialog.showModal();
}

// ---------------------------------------------------------------- typing

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.key !== "Enter" || event.shiftKey || !target.matches?.(".composer textarea")) return;
  // Enter also ends the conversion of kana to kanji; 229 is how some browsers say so.
  if (event.isComposing || event.keyCode === 229) return;
  // A phone has no Shift+Enter: there Enter breaks the line and the button sends.
  if (matchMedia("(hover: none) and (pointer: coarse)").matches) return;
  event.preventDefault();
  target.form.requestSubmit();
});

// Who opens a reply wants to write it: the focus must be there before the next key.
document.addEventListener("click", (event) => {
  const answer = event.target.closest?.("details.answer > summary")?.parentElement;
  if (!answer || answer.open) return;
  event.preventDefault();
  answer.open = true;
  answer.querySelector("textarea").focus();
});

// ---------------------------------------------------------------- the log

const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 120;

function toEnd() {
  log.scrollTop = log.scrollHeight;
  // In a window too low for a log of its own the page itself scrolls.
  if (getComputedStyle(log).overflowY === "visible") document.getElementById("latest").scrollIntoView();
  newer.hidden = true;
}

function put({ id, root, html }) {
  const stay = !atEnd();
  const template = document.createElement("template");
  template.innerHTML = html;
  const item = template.content.firstElementChild;
  const fresh = template.content.getElementById(`m${id}`);
  const mine = fresh.classList.contains("mine");
  const old = document.getElementById(`m${id}`);
  if (old) replace(old, fresh);
  else insert(id === root ? threads : document.querySelector(`[data-replies="${root}"]`), item);
  restoreDrafts(fresh);
  document.getElementById("empty")?.remove();
  if (old) return stay || toEnd();
  if (stay && !mine) newer.hidden = false;
  else show(fresh);
}

// What is longer than the window is read from its beginning.
function show(line) {
  line.scrollIntoView({ block: line.offsetHeight > log.clientHeight ? "start" : "nearest" });
  if (line.closest(".thread") === threads.lastElementChild && atEnd()) toEnd();
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (focused) fresh.focus({ preventScroll: true });
}

function insert(list, item) {
  const after = [...list.children].find((other) => Number(other.dataset.id) > Number(item.dataset.id));
  list.insertBefore(item, after ?? null);
  if (item.previousElementSibling?.dataset.day === item.dataset.day) item.querySelector(".day")?.remove();
}

function mark({ conversation, count, words: spoken }) {
  const link = document.querySelector(`[data-spot="${CSS.escape(conversation)}"]`);
  if (!link) return;
  link.classList.toggle("unread", count > 0);
  link.querySelector(".count").textContent = count || "";
  link.querySelector("[data-words]").textContent = spoken;
  showTitle();
}

// A tab in the background says how much is unread.
const title = document.title;
function showTitle() {
  const counts = [...document.querySelectorAll(".count")].map((count) => Number(count.textContent));
  const all = counts.reduce((sum, count) => sum + count, 0);
  document.title = all ? `(${all}) ${title}` : title;
}

function putHome({ html }) {
  const home = document.getElementById("home");
  home.innerHTML = html;
  restoreDrafts(home);
}

// ---------------------------------------------------------------- what changes

function listen(address) {
  const source = new EventSource(address);
  let last = null;
  let offline;
  const on = (kind, act) => source.addEventListener(kind, (event) => {
    last = event.lastEventId;
    act(JSON.parse(event.data));
  });
  on("message", put);
  on("unread", mark);
  on("home", putHome);
  on("reload", () => location.reload());
  source.onopen = () => {
    clearTimeout(offline);
    if (status.textContent === words.offline) tell(words.online);
  };
  source.onerror = () => {
    clearTimeout(offline);
    offline = setTimeout(() => tell(words.offline, 0), 3000);
    // The browser gives up where a server answers with an error: we go on.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => again(address, last), 3000);
  };
}

function again(address, last) {
  const next = new URL(address, location.href);
  if (last) next.searchParams.set("after", last);
  listen(next);
}

restoreDrafts(document);
showTitle();
if (status.textContent) tell(status.textContent);
if (log) {
  const last = [...log.querySelectorAll(".line")].at(-1);
  if (!location.search.includes("before=")) toEnd();
  if (last?.offsetHeight > log.clientHeight) last.scrollIntoView({ block: "start" });
  const free = document.activeElement === document.body && matchMedia("(hover: hover)").matches;
  if (free) document.getElementById("text").focus({ preventScroll: true });
  newer.addEventListener("click", () => { toEnd(); log.focus(); });
  let stay = atEnd();
  log.addEventListener("scroll", () => {
    stay = atEnd();
    if (stay) newer.hidden = true;
  }, { passive: true });
  // The end stays in sight while pictures are loaded and the box below grows.
  const sizes = new ResizeObserver(() => stay && toEnd());
  sizes.observe(threads);
  sizes.observe(log);
}
if (words.changes) listen(words.changes);
