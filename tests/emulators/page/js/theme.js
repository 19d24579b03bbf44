// Light and dark: the system's choice until the person makes another.

import { byId } from "./dom.js";
import { emit } from "./state.js";

const KEY = "muza-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => document.documentElement.dataset.theme === "dark";

function apply() {
  const asked = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem(KEY);
  document.documentElement.dataset.theme = asked ?? (system.matches ? "dark" : "light");
  emit("theme");
}

export function startTheme() {
  apply();
  system.addEventListener("change", apply);
}

export function toggleTheme() {
  localStorage.setItem(KEY, isDark() ? "light" : "dark");
  const address = new URL(location.href);
  address.searchParams.delete("theme");
  history.replaceState(null, "", address);
  apply();
  byId("strip").querySelector("button")?.focus();
}
