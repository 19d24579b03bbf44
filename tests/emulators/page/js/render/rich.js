// Rich messages: blocks and rich text as the Bot API describes them.

import { h } from "../dom.js";
import { emit } from "../state.js";
import { folding, link, preformatted, spoiler } from "./entities.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", marked: "mark", subscript: "sub", superscript: "sup",
};

export const richMessage = (message) =>
  h("div", { class: "rich", dir: message.is_rtl ? "rtl" : null }, message.blocks.map(block));

function block(value) {
  switch (value.type) {
    case "paragraph": return h("p", {}, text(value.text));
    case "heading": return h(`h${Math.min(4, (value.size ?? 1) + 1)}`, {}, text(value.text));
    case "pre": return preformatted(text(value.text), value.language);
    case "footer": return h("p", { class: "footer" }, text(value.text));
    case "divider": return h("hr");
    case "list": return list(value);
    case "blockquote": return h("blockquote", {}, (value.blocks ?? []).map(block), value.credit ? h("p", { class: "footer" }, text(value.credit)) : null);
    case "expandable_blockquote": return folding(value.text !== undefined ? text(value.text) : (value.blocks ?? []).map(block));
    case "pullquote": return h("p", { class: "pullquote" }, text(value.text), value.credit ? h("span", { class: "footer" }, text(value.credit)) : null);
    case "table": return table(value);
    case "details": return h("details", { open: value.is_open }, h("summary", {}, text(value.summary)), h("div", { class: "inside" }, (value.blocks ?? []).map(block)));
    case "thinking": return h("div", { class: "thinking" }, text(value.text));
    case "mathematical_expression": return h("p", { class: "math" }, value.expression);
    default: return h("p", {}, text(value.text ?? ""), (value.blocks ?? []).map(block));
  }
}

function list(value) {
  const items = value.items.map((item) => {
    const label = item.has_checkbox ? (item.is_checked ? "☑" : "☐") : item.label;
    return h("li", {}, h("span", { class: "label" }, label), h("div", {}, (item.blocks ?? []).map(block)));
  });
  return h(value.items.some((item) => item.value !== undefined) ? "ol" : "ul", {}, items);
}

function table(value) {
  const rows = (value.cells ?? []).map((row) => h("tr", {}, row.map((cell) =>
    h(cell.is_header ? "th" : "td", { colspan: cell.colspan, rowspan: cell.rowspan, align: cell.align, valign: cell.valign }, text(cell.text)))));
  return h("div", { class: "table", tabindex: "0" }, h("table", {}, value.caption ? h("caption", {}, text(value.caption)) : null, h("tbody", {}, rows)));
}

function text(value) {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(text);
  const inner = text(value.text);
  if (TAGS[value.type]) return [h(TAGS[value.type], {}, inner)];
  switch (value.type) {
    case "spoiler": return [spoiler(inner)];
    case "url": return [link(value.url, inner)];
    case "email_address": return [link(`mailto:${value.email_address ?? value.text}`, inner)];
    case "phone_number": return [link(`tel:${value.phone_number ?? value.text}`, inner)];
    case "bot_command": return [h("a", { role: "button", tabindex: "0", onclick: () => emit("say", String(value.text)) }, inner)];
    case "mathematical_expression": return [h("span", { class: "math" }, value.expression)];
    case "custom_emoji": return [value.alternative_text ?? ""];
    default: return inner;
  }
}
