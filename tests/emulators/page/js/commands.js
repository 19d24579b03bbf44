// The menu of commands that opens on "/".

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { state } from "./state.js";

const WITH_WORDS = new Set(["idea", "ask"]);

export class CommandMenu {
  constructor({ onInsert, onSend }) {
    this.node = h("div", { class: "menu", role: "listbox", id: "commands", hidden: true });
    this.onInsert = onInsert;
    this.onSend = onSend;
    this.items = [];
    this.index = 0;
  }

  get open() {
    return !this.node.hidden;
  }

  update(text) {
    const typed = /^\/([a-z0-9_]*)$/i.exec(text);
    const known = state.commands[state.chatId] ?? [];
    this.items = typed ? known.filter((one) => one.command.startsWith(typed[1].toLowerCase())) : [];
    this.index = 0;
    this.node.hidden = this.items.length === 0;
    this.node.setAttribute("aria-label", t("commands"));
    this.draw();
  }

  close() {
    this.node.hidden = true;
  }

  draw() {
    this.node.replaceChildren(...this.items.map((one, index) =>
      h("button", { type: "button", role: "option", tabindex: "-1", "aria-selected": String(index === this.index), onclick: () => this.choose(index) },
        h("b", {}, `/${one.command}`), h("span", {}, one.description))));
    this.node.children[this.index]?.scrollIntoView({ block: "nearest" });
  }

  choose(index, { insert = false } = {}) {
    const { command } = this.items[index];
    this.close();
    if (insert || WITH_WORDS.has(command)) this.onInsert(`/${command} `);
    else this.onSend(`/${command}`);
  }

  /** True when the key was for the menu. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.index = (this.index + step + this.items.length) % this.items.length;
      this.draw();
    } else if (event.key === "Enter" && !event.shiftKey) this.choose(this.index);
    else if (event.key === "Tab") this.choose(this.index, { insert: true });
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    return true;
  }
}
