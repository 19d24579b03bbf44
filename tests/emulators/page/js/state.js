// What the page knows, and who wants to hear of changes.

export const GENERAL_TOPIC = 1;

export const state = {
  about: { person: null, model: null, listener: null, ready: false },
  me: null,
  people: [],
  chats: [],
  bot: null,
  commands: {},
  chatId: null,
  topicId: null,
  forumOpen: null,
  messages: new Map(),
  drafts: new Map(),
  typing: new Map(),
  unreadOf: new Map(),
  replyTo: null,
  editing: null,
  placeholder: null,
};

const hub = new EventTarget();

export const emit = (name, detail) => hub.dispatchEvent(new CustomEvent(name, { detail }));
export const on = (name, listener) => hub.addEventListener(name, (event) => listener(event.detail));

export const me = () => state.people.find((person) => person.id === state.me);
export const person = (id) => state.people.find((one) => one.id === id);
export const chat = () => state.chats.find((one) => one.id === state.chatId);
export const isPrivate = (one = chat()) => one?.type === "private";
export const topic = () => chat()?.topics.find((one) => one.id === state.topicId);

export const keyOf = (message) =>
  message.draft ? `d${message.draft_id}` : message.ephemeral_message_id ? `e${message.ephemeral_message_id}` : `m${message.message_id}`;

export const isOwn = (message) => message.from?.id === state.me;

/** Is the message to be seen where the person is now? */
export function isHere(message) {
  if (message.chat?.id !== state.chatId) return false;
  return state.topicId === null || (message.topic ?? GENERAL_TOPIC) === state.topicId;
}

export function plainText(message) {
  if (message.rich_message) return richPlain(message.rich_message.blocks).replace(/\s+/g, " ").trim();
  return message.text ?? message.caption ?? "";
}

function richPlain(value) {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(richPlain).join(" ");
  if (!value || typeof value !== "object") return "";
  return [value.label, value.summary, value.text, value.expression, value.items, value.blocks, value.cells]
    .filter(Boolean).map(richPlain).join(" ");
}
