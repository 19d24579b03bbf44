// Pictures, recordings and files.

import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { size } from "../format.js";
import { t } from "../i18n.js";
import { showPicture } from "../toasts.js";
import { player, roundVideo } from "./player.js";

export function media(message) {
  if (message.photo) return photo(message.photo.at(-1), message.caption);
  if (message.voice) return player(sourceOf(message.voice), t("voice"));
  if (message.audio) return named(message.audio);
  if (message.video_note) return roundVideo(api.fileUrl(message.video_note.file_id), message.video_note.duration, t("videoNote"));
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

function named(audio) {
  const name = audio.title ?? audio.file_name ?? t("audio");
  return h("div", { class: "audio" }, h("b", {}, name), player(sourceOf(audio), name));
}

function sourceOf(recording) {
  const url = api.fileUrl(recording.file_id);
  const load = () => fetch(url).then((response) => response.arrayBuffer());
  return { url, load, key: recording.file_unique_id ?? recording.file_id, duration: recording.duration };
}
