// Short notices, and the alert of a pressed button.

import { byId, h } from "./dom.js";
import { avatar } from "./format.js";
import { t } from "./i18n.js";
import { state } from "./state.js";

const SECONDS = 3.2;

export function toast(text, { bad = false } = {}) {
  const node = h("div", { class: bad ? "toast bad" : "toast" }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), SECONDS * 1000);
}

export function showAlert(text) {
  const dialog = byId("alert");
  const close = h("button", { type: "button", onclick: () => dialog.close() }, t("ok"));
  dialog.replaceChildren(
    h("h2", {}, avatar(state.bot.id, "Muza"), state.bot.first_name),
    h("p", {}, text),
    h("div", { class: "row-end" }, close),
  );
  dialog.setAttribute("aria-label", state.bot.first_name);
  if (!dialog.open) dialog.showModal();
  close.focus();
}

export const failure = (error) => toast(`${t("failed")}: ${error.message}`, { bad: true });

export function showPicture(address, description) {
  const dialog = byId("viewer");
  dialog.replaceChildren(h("img", { src: address, alt: description, onclick: () => dialog.close() }));
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  dialog.showModal();
}
