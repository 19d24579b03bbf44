// What a newcomer may try first; about the starter brand of knowledge/quiet-hour.

import { isOwn, me, state } from "./state.js";

const FOR_TEAM = {
  ru: ["/idea слоган к вкусу «Сказка на ночь»", "/idea подпись к посту: дождливый понедельник, 13:00", "/ask сколько стоит набор «Режим дня»?"],
  en: ["/idea a slogan for Bedtime Story", "/idea a caption for a rainy Monday at 13:00", "/ask what does the Daily Routine set cost?"],
};
const FOR_STRANGER = ["/start"];

export function suggestions() {
  const spoken = [...state.messages.values()].some((message) => isOwn(message) && message.text !== "/start");
  if (me()?.role_hint === "stranger") return state.messages.size ? [] : FOR_STRANGER;
  return spoken ? [] : FOR_TEAM[me()?.language === "ru" ? "ru" : "en"];
}
