// Above the conversation: where we are, and whether somebody is typing.

import { byId, h, iconButton } from "../dom.js";
import { chatAvatar } from "../format.js";
import { count, t } from "../i18n.js";
import { GENERAL_TOPIC, chat, emit, isPrivate, state, topic } from "../state.js";

const TYPING_SECONDS = 6;

export function noteTyping({ chat_id: chatId, topic_id: topicId }) {
  clearTimeout(state.typing.get(chatId)?.timer);
  const timer = setTimeout(() => stopTyping(chatId), TYPING_SECONDS * 1000);
  state.typing.set(chatId, { timer, topicId: topicId ?? null });
  emit("typing");
}

export function stopTyping(chatId) {
  clearTimeout(state.typing.get(chatId)?.timer);
  if (state.typing.delete(chatId)) emit("typing");
}

export const isTyping = (chatId) => state.typing.has(chatId);

function typingHere() {
  const typing = state.typing.get(state.chatId);
  return typing && (state.topicId === null || (typing.topicId ?? GENERAL_TOPIC) === state.topicId);
}

export function renderHeader() {
  const here = chat();
  if (!here) return byId("header").replaceChildren();
  const place = topic();
  const title = place ? (place.id === GENERAL_TOPIC ? t("general") : place.title) : here.title;
  byId("header").replaceChildren(
    iconButton("back", t("back"), () => emit("back"), { class: "icon-button back" }),
    chatAvatar(here, 42),
    h("div", { class: "who" }, h("h1", {}, title), status(here, place)),
  );
  document.title = `${title} · Muza`;
  return undefined;
}

function status(here, place) {
  if (typingHere()) {
    const words = isPrivate() ? t("typing") : `${state.bot.first_name} ${t("typing")}`;
    return h("div", { class: "status active", role: "status" }, words, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
  }
  const members = count(here.members.length, "members");
  return h("div", { class: "status" }, isPrivate() ? t("bot") : place ? `${here.title}, ${members}` : `${members}: ${here.members.map((one) => one.name.split(" ")[0]).join(", ")}`);
}
