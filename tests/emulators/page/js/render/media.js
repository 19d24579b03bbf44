// Pictures, recordings and files.

import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { clock, size } from "../format.js";
import { t } from "../i18n.js";
import { showPicture } from "../toasts.js";

const BARS = 34;

export function media(message) {
  if (message.photo) return photo(message.photo.at(-1), message.caption);
  if (message.voice) return player(message.voice, t("voice"));
  if (message.audio) return player(message.audio, message.audio.title ?? message.audio.file_name ?? t("audio"));
  if (message.video_note) return h("video", { class: "round", src: api.fileUrl(message.video_note.file_id), controls: true });
  if (message.document) return file(message.document);
  return null;
}

function photo(picture, caption) {
  const address = api.fileUrl(picture.file_id);
  const description = caption || t("photo");
  const open = () => showPicture(address, description);
  return h("a", { class: caption ? "photo" : "photo photo-only", role: "button", tabindex: "0", "aria-label": description, onclick: open, onkeydown: (event) => event.key === "Enter" && open() },
    h("img", { src: address, alt: description, loading: "lazy" }));
}

function file(document) {
  return h("a", { class: "file", href: api.fileUrl(document.file_id), download: document.file_name ?? "file" },
    h("span", { class: "disc" }, icon("file")),
    h("span", {}, h("b", {}, document.file_name ?? t("document")), h("span", {}, size(document.file_size ?? 0))));
}

/** The look of a wave, the same each time for the same recording. */
function heights(seed) {
  let value = [...seed].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7);
  return Array.from({ length: BARS }, (_, index) => {
    value = (value * 1664525 + 1013904223) >>> 0;
    return 22 + Math.round((value / 2 ** 32) * 52 * (0.55 + 0.45 * Math.sin((index / BARS) * Math.PI * 3) ** 2) + 14);
  });
}

function player(recording, label) {
  const sound = new Audio(api.fileUrl(recording.file_id));
  sound.preload = "metadata";
  const bars = heights(recording.file_unique_id ?? recording.file_id).map((height) => h("i", { vars: { height: `${height}%` } }));
  const time = h("span", { class: "clock" }, clock(recording.duration));
  const button = h("button", { type: "button", class: "disc", "aria-label": `${t("play")}: ${label}` }, icon("play"));
  const length = () => (Number.isFinite(sound.duration) && sound.duration) || recording.duration || 1;
  const show = () => {
    bars.forEach((bar, index) => bar.classList.toggle("played", index / BARS < sound.currentTime / length()));
    time.textContent = clock(sound.currentTime || length());
  };
  const face = () => {
    button.replaceChildren(icon(sound.paused ? "play" : "pause"));
    button.setAttribute("aria-label", `${t(sound.paused ? "play" : "pause")}: ${label}`);
  };
  button.onclick = () => (sound.paused ? sound.play().catch(() => {}) : sound.pause());
  for (const name of ["timeupdate", "loadedmetadata"]) sound.addEventListener(name, show);
  for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, face);
  const wave = h("div", { class: "wave", "aria-hidden": "true" }, bars);
  wave.onclick = (event) => {
    const box = wave.getBoundingClientRect();
    sound.currentTime = ((event.clientX - box.left) / box.width) * length();
  };
  return h("div", { class: "player" }, button, h("div", { class: "track" }, wave, time));
}
