// Left column: who speaks, the chats, the topics of a forum, and the strip that tells what this page is.

import { byId, h, icon, iconButton } from "../dom.js";
import { avatar, chatAvatar, shortWhen } from "../format.js";
import { role, t } from "../i18n.js";
import { GENERAL_TOPIC, emit, isOwn, plainText, state } from "../state.js";
import { isDark, toggleTheme } from "../theme.js";
import { isTyping } from "./header.js";

export function renderPeople() {
  const list = byId("people");
  list.setAttribute("aria-label", t("people"));
  list.style.setProperty("--count", Math.min(5, state.people.length));
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...state.people.map(personButton));
  if (focused) list.querySelector('[aria-checked="true"]')?.focus();
}

function personButton(one) {
  const chosen = one.id === state.me;
  const unread = state.unreadOf.get(one.id) ?? 0;
  return h("button",
    { type: "button", class: "person", role: "radio", "aria-checked": String(chosen), tabindex: chosen ? "0" : "-1", data: { person: one.id }, title: `${one.name}, ${role(one.role_hint)}`, onclick: () => emit("person", one.id), onkeydown: moveAmongPeople },
    h("span", { class: "ring" }, avatar(one.id, one.name, 46), unread && !chosen ? h("span", { class: "badge" }, String(unread)) : null),
    h("span", { class: "name" }, one.name.split(" ")[0]),
    h("span", { class: "role" }, role(one.role_hint)));
}

function moveAmongPeople(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const index = state.people.findIndex((one) => one.id === state.me);
  emit("person", state.people.at((index + step) % state.people.length).id);
}

export function renderChats() {
  const nav = byId("chats");
  const forum = state.chats.find((one) => one.id === state.forumOpen);
  nav.setAttribute("aria-label", forum ? t("topics") : t("chats"));
  const focused = document.activeElement?.dataset?.row;
  if (forum) nav.replaceChildren(forumTitle(forum), ...forum.topics.map((topic) => topicRow(forum, topic)));
  else nav.replaceChildren(...[...state.chats].sort((one, two) => (two.last_message?.date ?? 0) - (one.last_message?.date ?? 0)).map(chatRow));
  if (focused) nav.querySelector(`[data-row="${focused}"]`)?.focus();
}

function row({ id, current, mark, title, when, preview, unread, onclick }) {
  return h("button", { type: "button", class: "row", "aria-current": current ? "true" : null, data: { row: id }, onclick },
    mark,
    h("span", {},
      h("span", { class: "line" }, h("span", { class: "title" }, title), when ? h("span", { class: "time" }, shortWhen(when)) : null),
      h("span", { class: "line" }, preview, unread ? h("span", { class: "badge" }, String(unread)) : null)));
}

function chatRow(chat) {
  const last = chat.last_message;
  const mine = last && last.from === state.people.find((one) => one.id === state.me)?.name;
  const author = last && (mine ? `${t("you")}: ` : chat.type === "private" ? "" : `${last.from.split(" ")[0]}: `);
  const preview = isTyping(chat.id)
    ? h("span", { class: "preview active" }, `${t("typing")}…`)
    : h("span", { class: "preview" }, author ? h("b", {}, author) : null, last ? previewText(last.text) : "");
  return row({
    id: chat.id, current: chat.id === state.chatId, mark: chatAvatar(chat, 50), title: chat.title,
    when: last?.date, preview, unread: chat.id === state.chatId ? 0 : chat.unread, onclick: () => emit("open", { chat: chat.id }),
  });
}

const KINDS = new Set(["photo", "voice", "audio", "document"]);
const previewText = (text) => (KINDS.has(text) ? t(text) : text === "forum_topic_created" ? t("created") : text.replace(/\s+/g, " "));

function forumTitle(forum) {
  return h("h2", {}, iconButton("back", t("back"), () => emit("leaveForum")), forum.title);
}

function topicRow(forum, topic) {
  const inTopic = [...state.messages.values()].filter((one) => one.chat.id === forum.id && (one.topic ?? GENERAL_TOPIC) === topic.id);
  const last = inTopic.at(-1);
  const general = topic.id === GENERAL_TOPIC;
  const said = last ? (last.forum_topic_created ? t("created") : plainText(last)) : "";
  const preview = h("span", { class: "preview" }, last && !last.forum_topic_created ? h("b", {}, `${isOwn(last) ? t("you") : last.from.first_name}: `) : null, said);
  return row({
    id: `t${topic.id}`, current: state.topicId === topic.id, mark: h("span", { class: "topic-mark", "aria-hidden": "true" }, general ? "#" : [...topic.title][0]),
    title: general ? t("general") : topic.title, when: last?.date, preview, unread: 0, onclick: () => emit("open", { chat: forum.id, topic: topic.id }),
  });
}

export function renderStrip() {
  const { ready, model } = state.about;
  const writer = model ? [t("realWriter"), h("b", {}, model), "."] : [t("demoWriter")];
  const dark = isDark();
  byId("strip").replaceChildren(
    h("p", {}, h("span", { class: ready ? "lamp" : "lamp waiting" }), h("b", {}, `${t("demo")}. `), ready ? [`${t("demoTelegram")} `, writer] : t("demoWaiting")),
    iconButton(dark ? "sun" : "moon", t(dark ? "light" : "dark"), toggleTheme),
  );
  byId("strip").querySelector(".icon-button").replaceChildren(icon(dark ? "sun" : "moon"));
}
