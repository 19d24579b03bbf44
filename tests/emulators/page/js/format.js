// Times, names and colours.

import { h } from "./dom.js";
import { language, t } from "./i18n.js";
import { person, state } from "./state.js";

const locale = () => (language() === "ru" ? "ru-RU" : "en-GB");
const asDate = (seconds) => new Date(seconds * 1000);
const dayOf = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const DAY = 86_400_000;
const GROUP_TONES = ["#e08a4f", "#6a7fe0", "#d9697d", "#45a58b", "#b069c9", "#3fa0c4", "#5b86e5"];

export const time = (seconds) => asDate(seconds).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
export const sameDay = (one, two) => dayOf(asDate(one)) === dayOf(asDate(two));

export function day(seconds) {
  const date = asDate(seconds);
  const ago = Math.round((dayOf(new Date()) - dayOf(date)) / DAY);
  if (ago === 0) return t("today");
  if (ago === 1) return t("yesterday");
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(locale(), { day: "numeric", month: "long", year });
}

export function shortWhen(seconds) {
  const date = asDate(seconds);
  if (dayOf(date) === dayOf(new Date())) return time(seconds);
  return date.toLocaleDateString(locale(), { day: "2-digit", month: "2-digit" });
}

export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function size(bytes) {
  const units = language() === "ru" ? ["Б", "КБ", "МБ"] : ["B", "KB", "MB"];
  const power = Math.min(2, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toLocaleString(locale(), { maximumFractionDigits: power ? 1 : 0 })} ${units[power]}`;
}

export const fullName = (user) => [user?.first_name, user?.last_name].filter(Boolean).join(" ") || user?.title || "";

export function tone(id) {
  if (id === state.bot?.id) return "#7a63dd";
  return person(id)?.avatar_color ?? GROUP_TONES[Math.abs(id) % GROUP_TONES.length];
}

const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();

export function avatar(id, name, pixels) {
  const vars = { "--tone": tone(id), ...(pixels ? { "--size": `${pixels}px` } : {}) };
  if (id === state.bot?.id) return h("span", { class: "avatar bot", vars, "aria-hidden": "true" }, h("img", { src: "icon.svg", alt: "" }));
  return h("span", { class: "avatar", vars, "aria-hidden": "true" }, initials(name));
}

export const chatAvatar = (chat, pixels) =>
  chat.type === "private" ? avatar(state.bot.id, chat.title, pixels) : avatar(chat.id, chat.title, pixels);

export function kindOf(message) {
  for (const kind of ["photo", "voice", "audio", "document", "video"]) if (message[kind]) return t(kind);
  if (message.video_note) return t("videoNote");
  return "";
}
