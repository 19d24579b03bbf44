// Buttons under a message, and what pressing them does.

import { api } from "../api.js";
import { h, icon, safeLink } from "../dom.js";
import { t } from "../i18n.js";
import { state } from "../state.js";
import { failure, showAlert, toast } from "../toasts.js";

const STYLES = new Set(["success", "danger", "primary"]);

export function keyboard(message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return h("div", { class: "keyboard" }, rows.map((row) => h("div", { class: "keys" }, row.map((button) => key(message, button)))));
}

function key(message, button) {
  const corner = button.copy_text ? "copy" : button.url ? "link" : null;
  return h(
    "button",
    {
      type: "button",
      class: STYLES.has(button.style) ? `key ${button.style}` : "key",
      disabled: button.disabled !== undefined,
      onclick: (event) => act(message, button, event.currentTarget),
    },
    button.text,
    corner ? h("span", { class: "corner" }, icon(corner)) : null,
  );
}

async function act(message, button, node) {
  if (button.copy_text) return copy(button.copy_text.text);
  if (button.url) return follow(button.url);
  if (button.callback_data === undefined || node.getAttribute("aria-busy") === "true") return undefined;
  node.setAttribute("aria-busy", "true");
  try {
    const answer = await api.press(message.chat.id, {
      person: state.me,
      message_id: message.ephemeral_message_id ?? message.message_id,
      data: button.callback_data,
      ephemeral: message.ephemeral_message_id !== undefined,
    });
    if (answer.url) follow(answer.url);
    else if (answer.text) (answer.show_alert ? showAlert : toast)(answer.text);
  } catch (error) {
    if (error.status === 504) toast(t("noAnswer"), { bad: true });
    else failure(error);
  } finally {
    node.removeAttribute("aria-busy");
  }
  return undefined;
}

function follow(address) {
  const safe = safeLink(address);
  if (safe) window.open(safe, "_blank", "noopener");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = h("textarea", { class: "visually-hidden" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(t("copied"));
}
