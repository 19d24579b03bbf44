// What happens while the page is open.

import { api } from "./api.js";
import { t } from "./i18n.js";
import { chat, emit, isHere, isOwn, keyOf, state } from "./state.js";
import { toast } from "./toasts.js";
import { noteTyping, stopTyping } from "./render/header.js";
import { addMessage, changeMessage, removeNode, renderTimeline, showDraft } from "./render/timeline.js";

const REFRESH_MS = 180;
const OTHERS_MS = 4000;
let source = null;
let refreshing = null;
let wasLost = false;

export function listen() {
  source?.close();
  source = api.events(state.me);
  const on = (kind, handle) => source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  on("message", ({ message }) => arrived(message));
  on("edit", ({ message }) => changed(message));
  on("reaction", ({ message }) => message && changed(message));
  on("delete", ({ message }) => gone(message));
  on("draft", ({ draft }) => drafted(draft));
  on("draft_gone", ({ draft }) => undrafted(draft));
  on("typing", noteTyping);
  on("chat", refreshSoon);
  on("pin", refreshSoon);
  source.onopen = () => {
    if (wasLost) {
      toast(t("online"));
      emit("reload");
    }
    wasLost = false;
  };
  source.onerror = () => {
    if (!wasLost) toast(t("offline"), { bad: true });
    wasLost = true;
  };
}

const isOpenChat = (message) => message.chat.id === state.chatId;

function arrived(message) {
  if (!isOwn(message)) stopTyping(message.chat.id);
  if (isOpenChat(message) && !state.messages.has(keyOf(message))) {
    state.messages.set(keyOf(message), message);
    addMessage(message);
    if (isHere(message)) askForReply(message);
    emit("said");
  }
  refreshSoon();
}

function changed(message) {
  if (isOpenChat(message) && state.messages.has(keyOf(message))) {
    // New buttons come with the final text: the writing is over.
    if (JSON.stringify(state.messages.get(keyOf(message)).reply_markup) !== JSON.stringify(message.reply_markup)) stopTyping(message.chat.id);
    state.messages.set(keyOf(message), message);
    changeMessage(message);
  }
  refreshSoon();
}

function gone(message) {
  if (isOpenChat(message)) {
    state.messages.delete(keyOf(message));
    renderTimeline();
  }
  refreshSoon();
}

function drafted(draft) {
  if (draft.chat.id !== state.chatId) return;
  state.drafts.set(keyOf(draft), draft);
  showDraft(draft);
}

function undrafted(draft) {
  state.drafts.delete(keyOf(draft));
  removeNode(keyOf(draft));
}

/** ForceReply: the reply field opens for those whom the bot asks. */
export function askForReply(message) {
  const wish = message.reply_keyboard;
  if (!wish?.force_reply || isOwn(message)) return;
  const mentioned = (message.entities ?? []).some((entity) => entity.user?.id === state.me);
  const asked = !wish.selective || chat().type === "private" || message.reply_to_message?.from?.id === state.me || mentioned;
  if (asked) emit("reply", message);
}

export function refreshSoon() {
  refreshing ??= setTimeout(async () => {
    refreshing = null;
    await refresh().catch(() => {});
  }, REFRESH_MS);
}

export async function refresh() {
  const asked = state.me;
  if (state.chatId && !document.hidden) await api.messages(state.chatId, asked, { limit: 1 });
  const fresh = await api.state(asked);
  if (asked !== state.me) return;
  Object.assign(state, { people: fresh.people, chats: fresh.chats, bot: fresh.bot, commands: fresh.commands });
  emit("state");
}

/** Unread messages of the other people, for the badges on their faces. */
export function watchOthers() {
  const look = async () => {
    if (!document.hidden) {
      for (const person of state.people.filter((one) => one.id !== state.me)) {
        const theirs = await api.state(person.id).catch(() => null);
        if (theirs) state.unreadOf.set(person.id, theirs.chats.reduce((sum, one) => sum + one.unread, 0));
      }
      emit("unread");
    }
    setTimeout(look, OTHERS_MS);
  };
  look();
}
