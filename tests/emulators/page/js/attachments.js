// Files on their way into a chat: chosen, pasted or dropped.

import { api } from "./api.js";
import { byId } from "./dom.js";
import { GENERAL_TOPIC, state } from "./state.js";
import { failure } from "./toasts.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

const kindOf = (file) => (PICTURES.has(file.type) ? "photo" : file.type.startsWith("audio/") ? "audio" : "document");

const topicField = () => (state.topicId === null || state.topicId === GENERAL_TOPIC ? undefined : state.topicId);

export async function sendFiles(files, caption) {
  let words = caption || undefined;
  for (const file of files) {
    try {
      const duration = file.type.startsWith("audio/") ? await lengthOf(file) : 0;
      await api.sendFile(state.chatId, file, { person: state.me, kind: kindOf(file), caption: words, topic: topicField(), duration });
      words = undefined;
    } catch (error) {
      failure(error);
    }
  }
}

export const sendVoice = ({ file, duration }) =>
  api.sendFile(state.chatId, file, { person: state.me, kind: "voice", topic: topicField(), duration }).catch(failure);

function lengthOf(file) {
  return new Promise((resolve) => {
    const sound = new Audio(URL.createObjectURL(file));
    const done = () => {
      URL.revokeObjectURL(sound.src);
      resolve(Number.isFinite(sound.duration) ? Math.round(sound.duration) : 0);
    };
    sound.addEventListener("loadedmetadata", done, { once: true });
    sound.addEventListener("error", done, { once: true });
  });
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
