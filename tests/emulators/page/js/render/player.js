// Sound in a message: play, pause, seek, and the wave of what is heard.

import { h, icon } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";

const BARS = 40;
const FLAT = Array.from({ length: BARS }, () => 0.12);
const MAX_BYTES = 3_000_000;
const waves = new Map();
let playing = null;

/** One sound at a time. */
function takeTurn(sound) {
  if (playing && playing !== sound) playing.pause();
  playing = sound;
}

/** Loudness of each part, from 0 to 1; counted once for each recording. */
export function waveOf(key, load) {
  if (!waves.has(key)) waves.set(key, load().then(measure).catch(() => FLAT));
  return waves.get(key);
}

async function measure(bytes) {
  if (bytes.byteLength > MAX_BYTES) return FLAT;
  const buffer = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes);
  const samples = buffer.getChannelData(0);
  const step = Math.max(1, Math.floor(samples.length / BARS));
  const levels = Array.from({ length: BARS }, (_, bar) => {
    let sum = 0;
    for (let at = bar * step; at < (bar + 1) * step; at += 1) sum += (samples[at] ?? 0) ** 2;
    return Math.sqrt(sum / step);
  });
  const loudest = Math.max(...levels);
  return loudest > 0.001 ? levels.map((level) => Math.max(0.08, level / loudest)) : FLAT;
}

/** `source`: {url, key, load, duration}. `load` gives the bytes for the wave. */
export function player(source, label, extra = {}) {
  const sound = new Audio(source.url);
  sound.preload = "metadata";
  const bars = FLAT.map((level) => h("i", { vars: { height: `${level * 100}%` } }));
  const time = h("span", { class: "clock" }, clock(source.duration));
  const button = h("button", { type: "button", class: "disc", "aria-label": `${t("play")}: ${label}` }, icon("play"));
  const length = () => (Number.isFinite(sound.duration) && sound.duration) || source.duration || 1;
  const show = () => {
    bars.forEach((bar, index) => bar.classList.toggle("played", sound.currentTime > 0 && index / BARS < sound.currentTime / length()));
    time.textContent = clock(sound.currentTime || length());
  };
  const face = () => {
    button.replaceChildren(icon(sound.paused ? "play" : "pause"));
    button.setAttribute("aria-label", `${t(sound.paused ? "play" : "pause")}: ${label}`);
  };
  button.onclick = () => {
    if (!sound.paused) return sound.pause();
    takeTurn(sound);
    return sound.play().catch(() => {});
  };
  for (const name of ["timeupdate", "loadedmetadata"]) sound.addEventListener(name, show);
  for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, face);
  const wave = h("div", { class: "wave", "aria-hidden": "true" }, bars);
  wave.onclick = (event) => {
    const box = wave.getBoundingClientRect();
    sound.currentTime = ((event.clientX - box.left) / box.width) * length();
  };
  waveOf(source.key, source.load).then((levels) => bars.forEach((bar, index) => bar.style.setProperty("height", `${levels[index] * 100}%`)));
  return h("div", { class: "player", ...extra }, button, h("div", { class: "track" }, wave, time));
}

/** A round video, played by a press on it. */
export function roundVideo(url, duration, label) {
  const video = h("video", { class: "round", src: url, playsinline: true, preload: "metadata" });
  const time = h("span", { class: "clock" }, clock(duration));
  const sign = h("span", { class: "sign" }, icon("play"));
  const note = h("button", { type: "button", class: "video-note", "aria-label": `${t("play")}: ${label}` }, video, sign, time);
  note.onclick = () => {
    if (!video.paused) return video.pause();
    takeTurn(video);
    return video.play().catch(() => {});
  };
  const show = () => {
    note.classList.toggle("playing", !video.paused);
    note.setAttribute("aria-label", `${t(video.paused ? "play" : "pause")}: ${label}`);
    const length = (Number.isFinite(video.duration) && video.duration) || duration || 1;
    note.style.setProperty("--done", `${(video.currentTime / length) * 360}deg`);
    time.textContent = clock(video.paused ? length : video.currentTime);
  };
  for (const name of ["play", "pause", "ended", "timeupdate"]) video.addEventListener(name, show);
  return note;
}
