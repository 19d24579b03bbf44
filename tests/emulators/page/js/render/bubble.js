// One message as it stands.

import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { avatar, fullName, kindOf, time, tone } from "../format.js";
import { t } from "../i18n.js";
import { chat, emit, isOwn, isPrivate, keyOf, plainText, state } from "../state.js";
import { failure } from "../toasts.js";
import { formatted } from "./entities.js";
import { keyboard } from "./keyboard.js";
import { media } from "./media.js";
import { richMessage } from "./rich.js";

const META_CHARACTER = 6.1;

export function serviceText(message) {
  if (message.forum_topic_created) return `${t("created")}: ${message.forum_topic_created.name}`;
  if (message.new_chat_members) return `${message.new_chat_members.map(fullName).join(", ")} ${t("joined")}`;
  if (message.left_chat_member) return `${fullName(message.left_chat_member)} ${t("left")}`;
  return null;
}

/** `joined`: it follows another one by the same author. */
export function bubble(message, { joined = false } = {}) {
  const service = serviceText(message);
  if (service) return h("div", { class: "service", data: { key: keyOf(message) } }, service);
  const own = isOwn(message);
  const classes = ["message", own && "own", joined && "joined", message.draft && "draft"].filter(Boolean).join(" ");
  const face = h(
    "div",
    { class: "bubble" },
    message.ephemeral_message_id ? h("div", { class: "only-you" }, t("onlyYou")) : null,
    joined ? null : h("div", { class: "author", vars: { "--tone": tone(message.from.id) } }, fullName(message.from)),
    quotation(message),
    content(message),
    message.draft ? null : meta(message, own),
  );
  return h(
    "article",
    { class: classes, data: { key: keyOf(message) }, "aria-label": `${fullName(message.from)}, ${message.date ? time(message.date) : ""}` },
    !own && !isPrivate() ? avatar(message.from.id, fullName(message.from)) : null,
    h("div", { class: "stack" }, face, actions(message, own), message.draft ? stopKey(message) : keyboard(message)),
  );
}

function content(message) {
  const parts = [media(message)];
  if (message.rich_message) parts.push(richMessage(message.rich_message));
  else if (message.text ?? message.caption) {
    parts.push(h("div", { class: "text" }, formatted(message.text ?? message.caption, message.entities ?? message.caption_entities)));
  } else if (message.draft) parts.push(h("div", { class: "thinking" }, `${t("draft")}…`));
  const label = metaText(message);
  const reactions = message.reactions?.length ? h("div", { class: "reactions" }, message.reactions.map((one) => h("span", {}, one.emoji ?? "★"))) : null;
  const room = label.length * META_CHARACTER + (isOwn(message) ? 34 : 14);
  const empty = message.photo && !message.caption;
  return h("div", { class: empty ? "body bare" : "body", vars: { "--meta": message.draft || empty ? "0px" : `${room}px` } }, parts, reactions);
}

const metaText = (message) => (message.date ? `${message.edited ? `${t("edited")} ` : ""}${time(message.date)}` : "");

function meta(message, own) {
  return h("span", { class: message.photo && !message.caption ? "meta over" : "meta" },
    message.edited ? h("span", {}, t("edited")) : null,
    h("time", { datetime: new Date(message.date * 1000).toISOString() }, time(message.date)),
    own ? icon("checks") : null);
}

function quotation(message) {
  const answered = message.reply_to_message;
  // In a topic every message that answers nothing "answers" the message that opened the topic.
  if (!answered || answered.forum_topic_created) return null;
  return quote(answered, () => emit("reveal", keyOf(answered)));
}

export function quote(message, onclick) {
  return h("button", { type: "button", class: "reply", vars: { "--tone": tone(message.from?.id ?? 0) }, onclick },
    h("b", {}, fullName(message.from)), h("span", {}, plainText(message).replace(/\s+/g, " ") || kindOf(message)));
}

function actions(message, own) {
  if (message.draft || message.ephemeral_message_id) return null;
  const label = (name) => ({ type: "button", "aria-label": t(name), title: t(name) });
  return h("div", { class: "actions" },
    h("button", { ...label("reply"), onclick: () => emit("reply", message) }, icon("reply")),
    own && message.text ? h("button", { ...label("edit"), onclick: () => emit("edit", message) }, icon("pencil")) : null);
}

function stopKey(message) {
  if (!message.can_stop) return null;
  const onclick = (event) => {
    event.currentTarget.disabled = true;
    api.stop(chat().id, { person: state.me, draft_id: message.draft_id }).catch(failure);
  };
  return h("div", { class: "keyboard" }, h("div", { class: "keys" }, h("button", { type: "button", class: "key", onclick }, `⏹ ${t("stop")}`)));
}
