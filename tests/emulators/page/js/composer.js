// Below the conversation: writing, answering, editing, attaching, recording.

import { api } from "./api.js";
import { acceptDrops, isSound, sendFiles } from "./attachments.js";
import { CommandMenu } from "./commands.js";
import { byId, h, icon, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { GENERAL_TOPIC, emit, isOwn, keyOf, state, topic } from "./state.js";
import { suggestions } from "./suggestions.js";
import { openSpeech } from "./speech/dialog.js";
import { failure } from "./toasts.js";
import { quote } from "./render/bubble.js";

const unsent = new Map();
const place = () => `${state.me}/${state.chatId}/${state.topicId ?? ""}`;
let field, menu, panel;

export function startComposer() {
  field = h("textarea", { rows: "1", "aria-autocomplete": "list", "aria-controls": "commands", enterkeyhint: "send" });
  field.addEventListener("input", changed);
  field.addEventListener("keydown", pressed);
  field.addEventListener("paste", (event) => event.clipboardData.files.length && attach([...event.clipboardData.files]));
  menu = new CommandMenu({ onInsert: (text) => put(text), onSend: say });
  field.addEventListener("blur", () => setTimeout(() => menu.node.contains(document.activeElement) || menu.close(), 150));
  acceptDrops(attach);
}

export function renderComposer() {
  if (!state.chatId) return byId("composer").replaceChildren();
  if (topic()?.closed) return byId("composer").replaceChildren(h("div", { class: "closed" }, t("topicClosed")));
  field.value = state.editing ? state.editing.text : (unsent.get(place()) ?? "");
  panel = h("div", { class: "panel" });
  byId("composer").replaceChildren(menu.node, chips(), panel);
  drawPanel();
  grow();
  return undefined;
}

function chips() {
  const texts = suggestions();
  const bySpeech = texts.length > 1 ? h("button", { type: "button", class: "chip speak", onclick: () => speak() }, icon("mic"), t("speak")) : null;
  return h("div", { class: "chips", hidden: texts.length === 0 }, texts.map((text) => h("button", { type: "button", class: "chip", onclick: () => say(text) }, text)), bySpeech);
}

export const renderChips = () => byId("composer").querySelector(".chips")?.replaceWith(chips());

function drawPanel() {
  const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: (event) => attach([...event.target.files]) });
  const label = state.placeholder ?? t("message");
  field.placeholder = label;
  field.setAttribute("aria-label", label);
  panel.replaceChildren(
    h("div", { class: "field" }, context(), h("div", { class: "inputs" }, iconButton("clip", t("attach"), () => picker.click()), picker, field)),
    sendButton(),
  );
  return undefined;
}

function context() {
  const message = state.editing ?? state.replyTo;
  if (!message) return null;
  return h("div", { class: "context" }, icon(state.editing ? "pencil" : "reply"), quote(message, () => emit("reveal", keyOf(message))), iconButton("close", t("cancel"), leaveContext));
}

function sendButton() {
  if (!field.value.trim() && !state.editing) {
    return h("button", { type: "button", class: "send mic", "aria-label": t("speak"), title: t("speak"), onclick: () => speak() }, icon("mic"));
  }
  return h("button", { type: "button", class: "send", "aria-label": t("send"), title: t("send"), onclick: submit }, icon(state.editing ? "check" : "send"));
}

function changed() {
  if (!state.editing) unsent.set(place(), field.value);
  menu.update(field.value);
  field.setAttribute("aria-expanded", String(menu.open));
  grow();
  panel.lastElementChild.replaceWith(sendButton());
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function pressed(event) {
  if (menu.key(event) || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape") leaveContext();
  else if (event.key === "ArrowUp" && !field.value) {
    const last = [...state.messages.values()].filter((message) => isOwn(message) && message.text).at(-1);
    if (last) {
      event.preventDefault();
      editMessage(last);
    }
  }
}

function put(text) {
  field.value = text;
  field.focus();
  changed();
}

function takeText() {
  const text = field.value.trim();
  put("");
  return text;
}

export const speak = (file = null) => openSpeech({ file, onSent: () => state.replyTo && leaveContext() }).catch(failure);

/** The first sound goes through the dialog, everything else at once. */
function attach(files) {
  const others = files.filter((file) => !isSound(file));
  const sound = files.find(isSound);
  if (others.length) sendFiles(others, takeText());
  if (sound) speak(sound);
}

async function submit() {
  const text = field.value.trim();
  if (!text) return;
  const { editing, replyTo } = state;
  if (!editing) unsent.delete(place());
  put("");
  leaveContext();
  try {
    if (editing) await api.edit(state.chatId, { person: state.me, message_id: editing.message_id, text });
    else await send(text, replyTo);
  } catch (error) {
    failure(error);
    put(text);
  }
}

function send(text, replyTo) {
  const inTopic = state.topicId === null || state.topicId === GENERAL_TOPIC ? null : state.topicId;
  return api.say(state.chatId, { person: state.me, text, reply_to: replyTo?.message_id ?? null, topic: inTopic });
}

export const say = (text) => { put(""); send(text, null).catch(failure); };

export function replyTo(message, { placeholder = null, focus = true } = {}) {
  Object.assign(state, { replyTo: message, editing: null, placeholder });
  drawPanel();
  if (focus) field.focus();
}

export function editMessage(message) {
  Object.assign(state, { editing: message, replyTo: null, placeholder: null });
  drawPanel();
  put(message.text);
}

function leaveContext() {
  const wasEditing = state.editing;
  Object.assign(state, { editing: null, replyTo: null, placeholder: null });
  if (wasEditing) field.value = unsent.get(place()) ?? "";
  drawPanel();
  grow();
  field.focus();
}

export const focusComposer = () => matchMedia("(pointer: fine)").matches && field.isConnected && field.focus();
