// A text with entities, as Telegram describes formatting: offsets in UTF-16 units, which is what strings here count too.

import { h, icon, safeLink } from "../dom.js";
import { t } from "../i18n.js";
import { emit } from "../state.js";

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const PLAIN = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", subscript: "sub", superscript: "sup", marked: "mark" };

export function formatted(text, entities = []) {
  const sorted = [...entities].sort((one, two) => one.offset - two.offset || two.length - one.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...range(text, sorted, 0, text.length));
  return fragment;
}

function range(text, entities, start, end) {
  const nodes = [];
  let position = start;
  let afterBlock = false;
  const plain = (until, beforeBlock) => {
    let piece = text.slice(position, until);
    // A block stands on lines of its own: the line breaks around it are part of it.
    if (afterBlock) piece = piece.replace(/^\n/, "");
    if (beforeBlock) piece = piece.replace(/\n$/, "");
    if (piece) nodes.push(piece);
  };
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const finish = Math.min(end, entity.offset + entity.length);
    if (entity.offset < position) { index += 1; continue; }
    const inner = [];
    for (index += 1; index < entities.length && entities[index].offset < finish; index += 1) inner.push(entities[index]);
    const isBlock = BLOCKS.has(entity.type);
    plain(entity.offset, isBlock);
    nodes.push(element(entity, text.slice(entity.offset, finish), range(text, inner, entity.offset, finish)));
    position = finish;
    afterBlock = isBlock;
  }
  plain(end, false);
  return nodes;
}

function element(entity, text, children) {
  if (PLAIN[entity.type]) return h(PLAIN[entity.type], {}, children);
  switch (entity.type) {
    case "pre": return preformatted(children, entity.language);
    case "blockquote": return h("blockquote", {}, children);
    case "expandable_blockquote": return folding(children);
    case "spoiler": return spoiler(children);
    case "text_link": return link(entity.url, children);
    case "url": return link(text, children);
    case "email": return link(`mailto:${text}`, children);
    case "phone_number": return link(`tel:${text}`, children);
    case "bot_command": return action(children, () => emit("say", text));
    case "mention": case "text_mention": case "hashtag": case "cashtag": return h("span", { class: "as-link" }, children);
    default: return h("span", {}, children);
  }
}

const action = (children, onclick) =>
  h("a", { role: "button", tabindex: "0", onclick, onkeydown: (event) => event.key === "Enter" && onclick() }, children);

export function link(address, children) {
  const safe = safeLink(address);
  return safe ? h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, children) : h("span", {}, children);
}

export function preformatted(children, language) {
  return h("pre", {}, language ? h("span", { class: "language" }, language) : null, h("code", {}, children));
}

export function spoiler(children) {
  const show = (event) => {
    event.currentTarget.classList.add("shown");
    event.currentTarget.removeAttribute("role");
  };
  const onkeydown = (event) => event.key === "Enter" && show(event);
  return h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler"), onclick: show, onkeydown }, children);
}

/** A quotation that shows three lines until it is opened. */
export function folding(children) {
  const toggle = h("button", { type: "button", class: "fold", "aria-label": t("showAll"), "aria-expanded": "false" }, icon("down"));
  const quote = h("blockquote", { class: "folding" }, h("span", { class: "fold-body" }, children), toggle);
  const flip = () => {
    if (!quote.classList.contains("long") || !getSelection().isCollapsed) return;
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
  };
  quote.addEventListener("click", flip);
  return quote;
}

/** To be called once the quotations are in the document and have a height. */
export function measureFolds(root) {
  for (const quote of root.querySelectorAll("blockquote.folding:not(.open)")) {
    const body = quote.firstElementChild;
    quote.classList.toggle("long", body.scrollHeight > body.clientHeight + 2);
  }
}
