// Saying something to Muza: choose or record the sound, tell the demo what it hears, send.

import { api } from "../api.js";
import { byId, h, icon, iconButton } from "../dom.js";
import { t } from "../i18n.js";
import { GENERAL_TOPIC, state } from "../state.js";
import { failure } from "../toasts.js";
import { filePicker, microphone, sampleList } from "./sources.js";

const TABS = ["samples", "microphone", "soundFile"];
const KINDS = [["voice", "asVoice"], ["video_note", "asNote"], ["audio", "asAudio"]];
let chosen = null, kind = "voice", mic = null, typed = false;

/** `file`: sound that is there already, dropped or attached. */
export async function openSpeech({ file = null, onSent = () => {} } = {}) {
  const dialog = byId("speech");
  chosen = null;
  typed = false;
  kind = file ? "audio" : "voice";
  const body = h("div", { class: "speech-body" });
  const send = h("button", { type: "button", class: "primary", disabled: true, onclick: () => submit(dialog, send, words, onSent) }, icon("send"), h("span", {}, t("send")));
  const words = h("textarea", { rows: "2", id: "speech-words", placeholder: t("wordsPlaceholder"), oninput: () => { typed = true; } });
  const take = (sound) => {
    chosen = sound;
    send.disabled = !sound;
    if (sound?.words !== null && sound?.words !== undefined) words.value = sound.words;
    else if (!typed) words.value = "";
  };
  words.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send.click());
  const form = h("div", { class: "speech-form" },
    h("header", {}, h("h2", { id: "speech-title" }, t("speakToMuza")), iconButton("close", t("cancel"), () => dialog.close())),
    tabs(body, take, file), body, hearing(words), footer(send));
  dialog.replaceChildren(form);
  dialog.setAttribute("aria-labelledby", "speech-title");
  dialog.onclose = () => { mic?.stop(); dialog.replaceChildren(); };
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  dialog.showModal();
}

function tabs(body, take, file) {
  const picker = filePicker(take);
  mic = microphone(take);
  const panes = { samples: null, microphone: mic.node, soundFile: picker.node };
  const row = h("div", { class: "tabs", role: "tablist" });
  let current = null;
  const show = async (name) => {
    current = name;
    for (const tab of row.children) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    if (name !== "microphone") mic.stop();
    take(null);
    if (name === "samples") panes.samples = await sampleList(take);
    // Somebody may have gone to another tab while the samples were on their way.
    if (current === name) body.replaceChildren(panes[name]);
  };
  row.append(...TABS.map((name) => h("button", { type: "button", role: "tab", data: { tab: name }, onclick: () => show(name) }, t(name))));
  show(file ? "soundFile" : "samples").then(() => file && picker.take(file)).catch(failure);
  return row;
}

/** A real model finds out by itself. */
function hearing(words) {
  if (state.about.listener) return h("p", { class: "note" }, `${t("realListener")}${state.about.listener}`);
  return h("div", { class: "hearing" }, h("label", { for: "speech-words" }, t("whatIsHeard")), words, h("p", { class: "note" }, t("whyWords")));
}

function footer(send) {
  const choices = KINDS.map(([value, label]) => h("label", { class: "kind" },
    h("input", { type: "radio", name: "kind", value, checked: value === kind, onchange: () => { kind = value; } }), h("span", {}, t(label))));
  return h("footer", {}, h("div", { class: "kinds", role: "radiogroup", "aria-label": t("sendAs") }, choices), send);
}

async function submit(dialog, send, words, onSent) {
  if (!chosen || send.disabled) return;
  send.disabled = true;
  send.setAttribute("aria-busy", "true");
  const inTopic = state.topicId === null || state.topicId === GENERAL_TOPIC ? null : state.topicId;
  const said = state.about.listener ? null : words.value.trim();
  try {
    await api.speak(state.chatId, chosen.file, { person: state.me, kind, words: said, topic: inTopic, reply_to: state.replyTo?.message_id });
    dialog.close();
    onSent();
  } catch (error) {
    failure(error);
    send.disabled = false;
  }
  send.removeAttribute("aria-busy");
}
