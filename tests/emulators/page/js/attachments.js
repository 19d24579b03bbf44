// Files on their way into a chat: chosen, pasted or dropped.

import { api } from "./api.js";
import { byId } from "./dom.js";
import { GENERAL_TOPIC, state } from "./state.js";
import { failure } from "./toasts.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

const kindOf = (file) => (PICTURES.has(file.type) ? "photo" : "document");

/** Sound is sent through its own dialog, where the demo is told what is heard. */
export const isSound = (file) => file.type.startsWith("audio/") || file.type.startsWith("video/");

const topicField = () => (state.topicId === null || state.topicId === GENERAL_TOPIC ? undefined : state.topicId);

export async function sendFiles(files, caption) {
  let words = caption || undefined;
  for (const file of files) {
    try {
      await api.sendFile(state.chatId, file, { person: state.me, kind: kindOf(file), caption: words, topic: topicField() });
      words = undefined;
    } catch (error) {
      failure(error);
    }
  }
}

export function acceptDrops(onFiles) {
  const zone = byId("chat");
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  zone.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.classList.add("dropping");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping");
  });
  zone.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("dropping");
    onFiles([...event.dataTransfer.files]);
  });
}
