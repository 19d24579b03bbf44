// Puts the parts together.

import { api } from "./api.js";
import { editMessage, focusComposer, renderChips, renderComposer, replyTo, say, startComposer } from "./composer.js";
import { byId } from "./dom.js";
import { language } from "./i18n.js";
import { listen, refresh, watchOthers } from "./live.js";
import { renderHeader } from "./render/header.js";
import { renderChats, renderPeople, renderStrip } from "./render/sidebar.js";
import { renderTimeline, revealMessage, startTimeline } from "./render/timeline.js";
import { GENERAL_TOPIC, chat, keyOf, on, state } from "./state.js";
import { startTheme } from "./theme.js";
import { failure } from "./toasts.js";

const PERSON_KEY = "muza-person";
const ABOUT_MS = 700;

function renderFrame() {
  document.documentElement.lang = language();
  renderPeople();
  renderChats();
  renderHeader();
  renderStrip();
}

async function becomes(person, wanted = {}) {
  Object.assign(state, { me: person, replyTo: null, editing: null, placeholder: null });
  localStorage.setItem(PERSON_KEY, person);
  Object.assign(state, await api.state(person));
  listen();
  const kept = [wanted.chat, state.chatId].find((id) => state.chats.some((one) => one.id === id));
  await open({ chat: kept ?? person, topic: wanted.topic ?? state.topicId, show: wanted.show ?? false });
}

async function open({ chat: id, topic = null, show = true }) {
  const target = state.chats.find((one) => one.id === id);
  if (!target) return;
  const forum = target.is_forum;
  Object.assign(state, {
    chatId: id,
    topicId: forum ? (target.topics.some((one) => one.id === topic) ? topic : GENERAL_TOPIC) : null,
    forumOpen: forum ? id : null,
    replyTo: null, editing: null, placeholder: null, drafts: new Map(),
  });
  const messages = await api.messages(id, state.me);
  if (state.chatId !== id) return;
  state.messages = new Map(messages.filter((one) => !one.draft).map((one) => [keyOf(one), one]));
  for (const draft of messages.filter((one) => one.draft)) state.drafts.set(keyOf(draft), draft);
  if (show) byId("app").classList.add("open");
  renderFrame();
  renderTimeline();
  renderComposer();
  focusComposer();
  await refresh();
}

async function waitUntilReady() {
  Object.assign(state.about, await api.about().catch(() => ({})));
  renderStrip();
  if (state.about.ready) await refresh();
  else setTimeout(waitUntilReady, ABOUT_MS);
}

function wire() {
  on("person", (id) => id !== state.me && becomes(id).catch(failure));
  on("open", (where) => open(where).catch(failure));
  on("back", () => byId("app").classList.remove("open"));
  on("leaveForum", () => { state.forumOpen = null; renderChats(); });
  on("reload", () => open({ chat: state.chatId, topic: state.topicId, show: false }).catch(failure));
  on("state", () => { renderPeople(); renderChats(); renderHeader(); });
  on("unread", renderPeople);
  on("typing", () => { renderHeader(); renderChats(); });
  on("theme", () => state.bot && renderStrip());
  on("said", () => { renderChips(); if (chat()?.is_forum) renderChats(); });
  on("say", say);
  on("reply", (message) => replyTo(message, { placeholder: message.reply_keyboard?.input_field_placeholder }));
  on("edit", editMessage);
  on("reveal", revealMessage);
  document.addEventListener("visibilitychange", () => !document.hidden && state.me && refresh().catch(() => {}));
}

async function start() {
  startTheme();
  wire();
  startComposer();
  startTimeline();
  state.about = await api.about();
  const asked = new URLSearchParams(location.search);
  const number = (name) => Number(asked.get(name)) || undefined;
  const people = (await api.state(state.about.person)).people.map((one) => one.id);
  const first = [number("person"), Number(localStorage.getItem(PERSON_KEY))].find((id) => people.includes(id));
  await becomes(first ?? state.about.person, { chat: number("chat"), topic: number("topic"), show: asked.has("chat") });
  watchOthers();
  if (!state.about.ready) waitUntilReady();
}

start().catch(failure);
