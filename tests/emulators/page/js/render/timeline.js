// The conversation: days, runs of messages by one author, scrolling.

import { byId, h, icon } from "../dom.js";
import { chatAvatar, day, sameDay } from "../format.js";
import { t } from "../i18n.js";
import { chat, isHere, isOwn, isPrivate, keyOf, me, state } from "../state.js";
import { bubble, serviceText } from "./bubble.js";
import { measureFolds } from "./entities.js";
import { isRevealing, reveal } from "./reveal.js";

const NEAR_BOTTOM = 90;
const RUN_SECONDS = 300;
let column = null;
let missed = 0;
let sticky = true;

const box = () => byId("messages");
const nodeOf = (key) => column?.querySelector(`[data-key="${key}"]`);
const atBottom = () => box().scrollHeight - box().scrollTop - box().clientHeight < NEAR_BOTTOM;
const inOrder = () => [...state.messages.values()].filter(isHere);

export function startTimeline() {
  const button = byId("to-bottom");
  button.addEventListener("click", () => scrollDown(true));
  box().addEventListener("scroll", () => {
    sticky = atBottom();
    if (sticky) missed = 0;
    showButton();
  }, { passive: true });
  new ResizeObserver(() => sticky && scrollDown()).observe(box());
}

export function renderTimeline() {
  const messages = inOrder();
  box().setAttribute("aria-label", t("messages"));
  box().classList.toggle("private", isPrivate());
  column = h("div", { class: "column" });
  const nodes = [];
  messages.forEach((message, index) => nodes.push(...withDay(message, messages[index - 1])));
  column.append(...nodes, ...[...state.drafts.values()].filter(isHere).map((draft) => bubble(draft)));
  if (!nodes.length && chat()) column.append(hello());
  box().replaceChildren(column);
  measureFolds(column);
  missed = 0;
  scrollDown();
}

function withDay(message, previous) {
  const nodes = [];
  if (!previous || !sameDay(previous.date, message.date)) nodes.push(h("div", { class: "day" }, day(message.date)));
  nodes.push(bubble(message, { joined: nodes.length === 0 && follows(message, previous) }));
  return nodes;
}

const follows = (message, previous) =>
  previous && !serviceText(previous) && previous.from?.id === message.from?.id && message.date - previous.date < RUN_SECONDS;

function hello() {
  const key = me()?.role_hint === "stranger" ? "helloStranger" : isPrivate() ? "helloPrivate" : "helloGroup";
  return h("div", { class: "hello" }, chatAvatar(chat()), h("h2", {}, chat().title), h("p", {}, state.bot.description && isPrivate() ? state.bot.description : t(key)));
}

export function addMessage(message) {
  if (!isHere(message)) return;
  const messages = inOrder();
  const previous = messages[messages.findIndex((one) => keyOf(one) === keyOf(message)) - 1];
  column.querySelector(".hello")?.remove();
  const stay = sticky || isOwn(message);
  const nodes = withDay(message, previous);
  nodes.at(-1).classList.add("new");
  const firstDraft = column.querySelector(".draft");
  for (const node of nodes) column.insertBefore(node, firstDraft);
  measureFolds(nodes.at(-1));
  if (stay) scrollDown(true);
  else { missed += 1; showButton(); }
}

/** An edit: the text grows in place, opened quotations stay open, the focus stays where it was. */
export function changeMessage(message) {
  const old = nodeOf(keyOf(message));
  if (!old || !isHere(message)) return;
  const fresh = bubble(message, { joined: old.classList.contains("joined") });
  const before = old.querySelector(".body")?.textContent ?? "";
  keepOpen(old, fresh);
  const focused = focusedIndex(old);
  const stay = sticky;
  old.replaceWith(fresh);
  measureFolds(fresh);
  if (focused >= 0) fresh.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
  const follow = () => {
    if (stay && sticky) scrollDown();
  };
  const body = fresh.querySelector(".body");
  if (body && !isOwn(message)) reveal(body, before, () => { measureFolds(fresh); follow(); });
  follow();
}

function keepOpen(old, fresh) {
  const folds = fresh.querySelectorAll("blockquote.folding");
  old.querySelectorAll("blockquote.folding").forEach((quote, index) => {
    if (quote.classList.contains("open")) folds[index]?.classList.add("open", "long");
  });
  const details = fresh.querySelectorAll("details");
  old.querySelectorAll("details").forEach((one, index) => details[index] && (details[index].open = one.open));
  fresh.querySelectorAll(".spoiler").forEach((one, index) => {
    if (old.querySelectorAll(".spoiler")[index]?.classList.contains("shown")) one.classList.add("shown");
  });
}

const focusedIndex = (node) => [...node.querySelectorAll("button")].indexOf(document.activeElement);

export function showDraft(draft) {
  if (!isHere(draft)) return;
  if (nodeOf(keyOf(draft))) return changeMessage(draft);
  column.querySelector(".hello")?.remove();
  const node = bubble(draft);
  node.classList.add("new");
  column.append(node);
  if (sticky) scrollDown(true);
}

export const removeNode = (key) => nodeOf(key)?.remove();

export function revealMessage(key) {
  const node = nodeOf(key);
  if (!node) return;
  node.scrollIntoView({ block: "center", behavior: "smooth" });
  node.classList.remove("flash");
  requestAnimationFrame(() => node.classList.add("flash"));
}

export function scrollDown(smooth = false) {
  sticky = true;
  missed = 0;
  box().scrollTo({ top: box().scrollHeight, behavior: smooth && !isRevealing() ? "smooth" : "instant" });
  showButton();
}

function showButton() {
  const button = byId("to-bottom");
  button.hidden = sticky || atBottom();
  button.setAttribute("aria-label", t("bottom"));
  button.replaceChildren(icon("down"), ...(missed ? [h("span", { class: "badge" }, String(missed))] : []));
}
