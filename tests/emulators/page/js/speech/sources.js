// Where the sound of a voice message comes from: a sample, the microphone, a file.

import { api } from "../api.js";
import { h, icon, iconButton } from "../dom.js";
import { clock } from "../format.js";
import { language, t } from "../i18n.js";
import { player } from "../render/player.js";
import { canRecord, record } from "../voice.js";

let known = null;

/** Those in the person's language first; then silence and music; the other language last. */
export async function samples() {
  known ??= api.samples();
  const rank = (one) => (one.language === language() ? 0 : one.language === null ? 1 : 2);
  return [...(await known)].sort((one, two) => rank(one) - rank(two));
}

export const titleOf = (sample) => sample.text || t(sample.name.startsWith("music") ? "sampleMusic" : "sampleSilence");

const samplePlayer = (sample) => {
  const url = api.sampleUrl(sample.name);
  return player({ url, key: url, duration: sample.seconds, load: () => fetch(url).then((response) => response.arrayBuffer()) }, titleOf(sample));
};

/** `choose({file, words})`; the file is fetched when the sample is chosen. */
export async function sampleList(choose) {
  const list = h("div", { class: "samples", role: "radiogroup", "aria-label": t("samples") });
  for (const sample of await samples()) {
    const pick = h("button", { type: "button", class: "pick", role: "radio", "aria-checked": "false", lang: sample.language ?? undefined }, titleOf(sample));
    pick.onclick = async () => {
      for (const other of list.querySelectorAll(".pick")) other.setAttribute("aria-checked", String(other === pick));
      const bytes = await (await fetch(api.sampleUrl(sample.name))).blob();
      choose({ file: new File([bytes], sample.name, { type: "audio/ogg" }), words: sample.text });
    };
    list.append(h("div", { class: "sample" }, samplePlayer(sample), pick));
  }
  return list;
}

/** A file as it will sound, once chosen. */
export function preview(file, { named = true, duration = 0 } = {}) {
  const url = URL.createObjectURL(file);
  return h("div", { class: "chosen" }, named ? h("b", {}, file.name) : null, player({ url, key: url, duration, load: () => file.arrayBuffer() }, file.name));
}

export function filePicker(choose) {
  const field = h("input", { type: "file", accept: "audio/*,video/mp4,video/webm,.ogg,.oga,.opus,.m4a", hidden: true });
  const shown = h("div", { class: "shown" });
  const take = (file) => {
    if (!file) return;
    shown.replaceChildren(preview(file));
    choose({ file, words: null });
  };
  field.onchange = () => take(field.files[0]);
  const button = h("button", { type: "button", class: "drop", onclick: () => field.click() }, icon("file"), h("span", {}, t("chooseSound")));
  button.ondragover = (event) => event.preventDefault();
  button.ondrop = (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); };
  return { node: h("div", { class: "source" }, button, field, shown), take };
}

/** `stop()` lets the microphone go, whatever it is doing. */
export function microphone(choose) {
  let recording = null;
  const time = h("span", { class: "clock" }, "0:00");
  const hint = h("span", { class: "hint" }, t(canRecord() ? "pressToRecord" : "noMicrophone"));
  const shown = h("div", { class: "shown" });
  const button = h("button", { type: "button", class: "record", disabled: !canRecord(), "aria-label": t("record"), title: t("record") }, icon("mic"));
  const tick = () => {
    if (!recording) return;
    time.textContent = clock(recording.seconds());
    setTimeout(tick, 250);
  };
  const face = (name, words) => {
    button.classList.toggle("on", Boolean(recording));
    button.replaceChildren(icon(name));
    button.setAttribute("aria-label", t(recording ? "stop" : "record"));
    hint.textContent = words;
  };
  button.onclick = async () => {
    if (recording) {
      const { file, duration } = await end((one) => one.finish());
      face("mic", t("recordAgain"));
      shown.replaceChildren(preview(file, { named: false, duration }));
      return choose({ file, words: null });
    }
    try {
      recording = await record();
    } catch {
      hint.textContent = t("noMicrophone");
      return undefined;
    }
    shown.replaceChildren();
    choose(null);
    face("stop", t("recording"));
    return tick();
  };
  async function end(how) {
    const ending = recording;
    recording = null;
    return ending ? how(ending) : null;
  }
  const discard = iconButton("trash", t("discard"), () => { shown.replaceChildren(); time.textContent = "0:00"; choose(null); });
  const node = h("div", { class: "source" }, h("div", { class: "recorder" }, button, time, hint, discard), shown);
  return { node, stop: () => end((one) => one.discard()) };
}
