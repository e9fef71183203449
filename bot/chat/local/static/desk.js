// Sends forms without a new page, shows what changes, and keeps drafts. Every part of the page
// also works without it.

import { follow } from "./tour.js";

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

// The nonce is kept too: what was sent and not answered for may be sent again, and counts once.
function saveDraft(form) {
  const kept = [...new FormData(form)].filter(([name, value]) => typeof value === "string" &&
    (name === "nonce" || form.elements[name]?.type !== "hidden"));
  sessionStorage.setItem(draftKey(form), JSON.stringify(kept));
}

function restoreDrafts(part) {
  for (const form of part.querySelectorAll("form[data-draft]")) {
    const kept = JSON.parse(sessionStorage.getItem(draftKey(form)) ?? "null");
    if (isBegun(form)) saveDraft(form);
    else if (kept) fill(form, kept);
  }
}

// Who types quickly has begun before this script was there to hear of it.
function isBegun(form) {
  const { text } = form.elements;
  return text && text.value !== text.defaultValue;
}

function fill(form, kept) {
  for (const field of form.elements) {
    const values = kept.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length && field.type !== "file") field.value = values[0];
  }
}

// A reply that was begun stands open again.
function restoreReplies() {
  const form = document.querySelector(".talk > .composer");
  for (const link of document.querySelectorAll("[data-reply]")) {
    const kept = sessionStorage.getItem(`${draftKey(form)}${link.dataset.reply}`);
    if (JSON.parse(kept ?? "[]").some(([name, value]) => name === "text" && value)) openReply(link);
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.form?.dataset.draft) saveDraft(target.form);
});

// ---------------------------------------------------------------- sending

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("send" in form.dataset)) return;
  event.preventDefault();
  // A second press while the first is under way is the same press, unless other words stand there.
  if (!sent.has(form)) send(form);
  else if (getText(form) !== sent.get(form)) next.add(form);
});

// What is under way, with its words, and what follows it: the bot may answer before the page does.
const sent = new Map();
const next = new Set();
const getText = (form) => form.elements.text?.value;

async function send(form) {
  form.ariaBusy = "true";
  sent.set(form, getText(form));
  try {
    let [ok, result] = await post(form);
    // The server was started anew: it signs the page again, and hears the same nonce.
    if (result.token) {
      for (const field of document.querySelectorAll("[name=csrf]")) field.value = result.token;
      [ok, result] = await post(form);
    }
    settle(form, ok, result);
  } catch {
    showFault(form, words.failed);
  } finally {
    form.ariaBusy = null;
    sent.delete(form);
    if (next.delete(form)) send(form);
  }
}

async function post(form) {
  const response = await fetch(form.getAttribute("action"), {
    method: "POST", headers: { Accept: "application/json" }, body: new FormData(form),
  });
  return [response.ok, await response.json()];
}

function settle(form, ok, result) {
  // Still not ours: cookies are blocked, or a form was opened before the server was started.
  if (result.token) return location.reload();
  if (result.nonce) renew(form, result.nonce);
  showErrors(form, result.errors ?? {});
  showFault(form, ok ? "" : result.error);
  if (!ok) return;
  if (result.dialog) return openDialog(result.dialog);
  if (form.dataset.draft) forget(form);
  if (dialog.contains(form)) dialog.close();
  if (result.notice) tell(result.notice);
}

function renew(form, nonce) {
  form.elements.nonce.value = nonce;
  if (sessionStorage.getItem(draftKey(form))) saveDraft(form);
}

function forget(form) {
  // Words that were typed since belong to the next message.
  if (getText(form) !== sent.get(form)) return saveDraft(form);
  sessionStorage.removeItem(draftKey(form));
  const nonce = form.elements.nonce.value;
  form.reset();
  form.elements.nonce.value = nonce;
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

// ---------------------------------------------------------------- typing and choosing

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
  const link = event.target.closest?.("[data-reply]");
  if (!link) return;
  event.preventDefault();
  openReply(link).elements.text.focus();
});

function openReply(link) {
  const id = link.dataset.reply;
  const html = document.getElementById("reply").innerHTML;
  const template = document.createElement("template");
  // The pattern is written for the thread 0.
  template.innerHTML = html.replaceAll(/(id|for)="(text|fault)0"/g, `$1="$2${id}"`)
    .replace('aria-describedby="fault0', `aria-describedby="fault${id}`);
  const form = template.content.firstElementChild;
  form.elements.thread.value = id;
  form.elements.nonce.value = crypto.randomUUID();
  form.elements.csrf.value = document.querySelector("[name=csrf]").value;
  form.dataset.draft = form.dataset.draft.replace(/0$/, id);
  link.replaceWith(form);
  restoreDrafts(form.parentElement);
  return form;
}

// One choice is one switch. Arrow keys pass through every choice: there the button switches.
const who = document.getElementById("who");
let keyed = false;
who.addEventListener("keydown", (event) => { keyed = event.key !== "Tab"; });
who.addEventListener("pointerdown", () => { keyed = false; });
who.addEventListener("change", () => {
  if (keyed) who.classList.add("chosen");
  else who.requestSubmit();
});

// ---------------------------------------------------------------- the log

const FEW = 120; // So many threads stand in the page at once; the rest come when scrolled to.
const toGo = () => log.dataset.later ? Infinity : log.scrollHeight - log.scrollTop - log.clientHeight;
// In a window too low for a log of its own the page itself scrolls.
const scrolls = () => getComputedStyle(log).overflowY !== "visible";
let stay = false;

function toEnd() {
  log.scrollTop = log.scrollHeight;
  if (!scrolls()) document.getElementById("latest").scrollIntoView();
  newer.hidden = true;
}

function put({ id, root, html }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.getElementById(`m${id}`);
  const old = document.getElementById(`m${id}`);
  if (old) return replace(old, fresh);
  const mine = fresh.classList.contains("mine");
  const list = id === root ? threads : document.querySelector(`[data-replies="${root}"]`);
  // What belongs above or below the part that is shown comes when it is scrolled to.
  if (!list || (id === root && isBeyond(id))) return later(mine);
  const end = toGo() < 120 || stay;
  document.getElementById("empty")?.remove();
  insert(list, template.content.firstElementChild);
  if (end || mine) show(fresh);
  else newer.hidden = false;
  markRead();
}

const isBeyond = (id) => log.dataset.later ||
  (log.dataset.earlier && id < Number(threads.firstElementChild?.dataset.id));

function later(mine) {
  if (mine) toNewest();
  else newer.hidden = !log.dataset.later;
}

// The newest question stays above its answer: as much of the answer as fits is seen with it.
// The answer may be there first: the bot is sometimes quicker than the page.
function show(line) {
  const lines = [...log.querySelectorAll(".line")];
  const at = lines.indexOf(line);
  const isMine = (other) => other?.classList.contains("mine");
  const asked = !isMine(line) && isMine(lines[at - 1]) ? lines[at - 1] : line;
  const answer = isMine(line) && lines[at + 1] && !isMine(lines[at + 1]) ? lines[at + 1] : line;
  const height = answer.getBoundingClientRect().bottom - asked.getBoundingClientRect().top;
  const last = answer === lines.at(-1);
  stay = last && height <= log.clientHeight;
  if (stay) return toEnd();
  const tall = asked.offsetHeight > log.clientHeight / 2;
  // With the day above it, where one begins.
  const place = asked.parentElement.matches(".thread") ? asked.parentElement : asked;
  (tall ? answer : place).scrollIntoView({ block: last || height > log.clientHeight ? "start" : "nearest" });
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  restoreDrafts(fresh);
  if (focused) fresh.focus({ preventScroll: true });
}

function insert(list, item) {
  const after = [...list.children].find((other) => Number(other.dataset.id) > Number(item.dataset.id));
  list.insertBefore(item, after ?? null);
  dropDay(item);
}

function dropDay(item) {
  if (item?.previousElementSibling?.dataset.day === item?.dataset.day) item?.querySelector(".day")?.remove();
}

function toNewest() {
  if (log.dataset.later || location.search.includes("before=")) location.href = document.querySelector("[aria-current=page]").href;
  else toEnd();
}

// ---------------------------------------------------------------- more of the log

let loading = false;

async function load(side, id) {
  if (loading || !id) return;
  loading = true;
  try {
    const response = await fetch(`${log.dataset.more}&${side}=${id}`, { headers: { Accept: "application/json" } });
    if (response.ok) keepPlace(add, side, await response.json());
  } finally {
    loading = false;
  }
}

function add(side, { html, earlier, later }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const seam = side === "before" ? threads.firstElementChild : template.content.firstElementChild;
  threads[side === "before" ? "prepend" : "append"](template.content);
  dropDay(seam);
  if (side === "before") log.dataset.earlier = earlier ?? "";
  else log.dataset.later = later ?? "";
  trim(side);
  document.getElementById("earlier").hidden = !log.dataset.earlier;
}

function trim(side) {
  if (threads.children.length <= FEW) return;
  while (threads.children.length > FEW) {
    if (side === "before") threads.lastElementChild.remove();
    else threads.firstElementChild.remove();
  }
  if (side === "before") log.dataset.later = threads.lastElementChild.dataset.id;
  else log.dataset.earlier = threads.firstElementChild.dataset.id;
}

// Whatever comes or goes above, the line that is being read does not move.
function keepPlace(change, ...values) {
  const top = log.getBoundingClientRect().top;
  const seen = [...threads.querySelectorAll(".line")];
  const read = seen.find((line) => line.getBoundingClientRect().bottom > top) ?? seen.at(-1);
  const before = read.getBoundingClientRect().top;
  log.style.overflowAnchor = "none";
  change(...values);
  log.scrollTop += read.getBoundingClientRect().top - before;
  requestAnimationFrame(() => { log.style.overflowAnchor = ""; });
}

// ---------------------------------------------------------------- unread marks

let read = 0;

// A tab in the background has shown nothing to anybody.
function markRead() {
  const lines = [...log.querySelectorAll(".line")].map((line) => Number(line.id.slice(1)));
  const last = Math.max(0, ...lines);
  if (!document.hidden && last > read) {
    const body = new FormData(document.querySelector(".talk > .composer"));
    body.set("up_to", last);
    fetch("/read", { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => {});
    read = last;
  }
  showTitle(lines.filter((id) => id > read).length);
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
function showTitle(here = 0) {
  const counts = [...document.querySelectorAll(".count")].map((count) => Number(count.textContent));
  const all = counts.reduce((sum, count) => sum + count, here);
  document.title = all ? `(${all}) ${title}` : title;
}

function putHome({ html }) {
  const home = document.getElementById("home");
  home.hidden = false;
  home.innerHTML = html;
  restoreDrafts(home);
}

// ---------------------------------------------------------------- what changes

function listen(address) {
  const source = new EventSource(address);
  let last = null;
  let offline = null;
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
    offline = null;
    if (status.textContent === words.offline) tell(words.online);
  };
  source.onerror = () => {
    // Once, not at every try to connect again: those come faster than this.
    offline ??= setTimeout(() => tell(words.offline, 0), 3000);
    // The browser gives up where a server answers with an error: we go on.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => again(address, last), 3000);
  };
}

function again(address, last) {
  const next = new URL(address, location.href);
  if (last) next.searchParams.set("after", last);
  listen(next);
}

function watchLog() {
  const last = [...log.querySelectorAll(".line")].at(-1);
  if (last && !location.search.includes("before=")) show(last);
  const free = document.activeElement === document.body && matchMedia("(hover: hover)").matches;
  if (free) document.getElementById("text").focus({ preventScroll: true });
  newer.addEventListener("click", () => { toNewest(); log.focus(); });
  log.addEventListener("scroll", () => {
    stay = toGo() < 4;
    if (toGo() < 120) newer.hidden = true;
    if (log.scrollTop < 800) load("before", log.dataset.earlier);
    if (log.scrollHeight - log.scrollTop - log.clientHeight < 800) load("after", log.dataset.later);
  }, { passive: true });
  // The end stays in sight while pictures are loaded and the box below grows.
  const sizes = new ResizeObserver(() => stay && toEnd());
  sizes.observe(threads);
  sizes.observe(log);
  restoreReplies();
  document.addEventListener("visibilitychange", markRead);
  markRead();
}

restoreDrafts(document);
showTitle();
if (status.textContent) tell(status.textContent);
if (log) watchLog();
if (words.changes) listen(words.changes);
follow();
