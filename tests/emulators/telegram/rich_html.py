"""Rich messages written in HTML: the tags of the Bot API's rich formatting, as blocks.

Rules: https://core.telegram.org/bots/api#rich-message-formatting-options
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.emulators.telegram.errors import unparsable_entities
from tests.emulators.telegram.rich_text import RichValue, joined, styled

INLINE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "mark": "marked",
    "sub": "subscript",
    "sup": "superscript",
    "tg-spoiler": "spoiler",
}
HEADINGS = {f"h{size}": size for size in range(1, 7)}
CONTAINERS = frozenset(
    {"details", "summary", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
)
TEXT_BLOCKS = {"p": "paragraph", "footer": "footer", "tg-thinking": "thinking", "aside": "pullquote"}
OTHER = frozenset({"a", "pre", "br", "hr", "tg-math", "tg-math-block", "tg-emoji", "input", "caption", "span"})
TAGS = frozenset({*INLINE, *HEADINGS, *CONTAINERS, *TEXT_BLOCKS, *OTHER})
VOID = frozenset({"br", "hr", "input"})
BLOCK_TAGS = frozenset(
    {*HEADINGS, *TEXT_BLOCKS, "details", "blockquote", "ul", "ol", "table", "pre", "hr", "tg-math-block"}
)


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)


def parse_rich_html(html: str) -> list[dict[str, object]]:
    """Blocks of the message. Raises ApiError 400 "can't parse entities: …" for unknown or unbalanced tags."""
    return blocks_of(parse_tree(html))


def parse_tree(html: str) -> Element:
    builder = _TreeBuilder()
    builder.feed(html)
    builder.close()
    if len(builder.stack) > 1:
        raise unparsable_entities(f'Can\'t find end tag corresponding to start tag "{builder.stack[-1].tag}"')
    return builder.stack[0]


class _TreeBuilder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise unparsable_entities(f'Unsupported start tag "{tag}"')
        element = Element(tag, dict(attrs))
        self.stack[-1].children.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if len(self.stack) == 1:
            raise unparsable_entities(f'Unexpected end tag "{tag}"')
        expected = self.stack.pop().tag
        if tag != expected:
            raise unparsable_entities(f'Unmatched end tag, expected "</{expected}>", found "</{tag}>"')

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def blocks_of(parent: Element) -> list[dict[str, object]]:
    """Block elements as blocks; loose text and inline elements between them as paragraphs."""
    blocks: list[dict[str, object]] = []
    loose: list[Element | str] = []
    for child in [*parent.children, Element("hr")]:
        if not isinstance(child, Element) or child.tag not in BLOCK_TAGS:
            loose.append(child)
            continue
        text = inline(loose)
        if text and not (isinstance(text, str) and not text.strip()):
            blocks.append(styled("paragraph", text.strip() if isinstance(text, str) else text))
        loose = []
        blocks.append(_block(child))
    return blocks[:-1]


def _block(element: Element) -> dict[str, object]:
    tag = element.tag
    if tag in HEADINGS:
        return styled("heading", inline(element.children), size=HEADINGS[tag])
    if tag in TEXT_BLOCKS:
        return styled(TEXT_BLOCKS[tag], inline(element.children))
    return _STRUCTURES[tag](element)


def _divider(_element: Element) -> dict[str, object]:
    return {"type": "divider"}


def _formula(element: Element) -> dict[str, object]:
    return {"type": "mathematical_expression", "expression": _characters(element)}


def _quotation(element: Element) -> dict[str, object]:
    if "expandable" in element.attributes:
        return styled("expandable_blockquote", inline(element.children))
    return {"type": "blockquote", "blocks": blocks_of(element)}


def _list(element: Element) -> dict[str, object]:
    return {"type": "list", "items": _items(element)}


def _preformatted(element: Element) -> dict[str, object]:
    code = next((child for child in _elements(element) if child.tag == "code"), None)
    language = str((code or element).attributes.get("class") or "").removeprefix("language-")
    return styled("pre", _characters(element), **({"language": language} if language else {}))


def _details(element: Element) -> dict[str, object]:
    summary = next((child for child in _elements(element) if child.tag == "summary"), None)
    body = Element("", children=[child for child in element.children if child is not summary])
    block: dict[str, object] = {
        "type": "details",
        "summary": inline(summary.children) if summary else "",
        "blocks": blocks_of(body),
    }
    return {**block, "is_open": True} if "open" in element.attributes else block


def _items(element: Element) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    for number, child in enumerate((child for child in _elements(element) if child.tag == "li"), start=1):
        checkbox = next((part for part in _elements(child) if part.tag == "input"), None)
        child.children = [part for part in child.children if part is not checkbox]
        item: dict[str, object] = {"label": f"{number}." if element.tag == "ol" else "•", "blocks": blocks_of(child)}
        if element.tag == "ol":
            item["value"] = number
        if checkbox:
            item |= {"has_checkbox": True, **({"is_checked": True} if "checked" in checkbox.attributes else {})}
        items.append(item)
    return items


def _table(element: Element) -> dict[str, object]:
    rows = [
        row
        for part in _elements(element)
        for row in ([part] if part.tag == "tr" else _elements(part))
        if row.tag == "tr"
    ]
    cells = [[_cell(cell) for cell in _elements(row) if cell.tag in ("td", "th")] for row in rows]
    flags = {f"is_{name}": True for name in ("bordered", "striped", "compact") if name in element.attributes}
    return {"type": "table", "cells": cells, **flags}


def _cell(element: Element) -> dict[str, object]:
    cell: dict[str, object] = {
        "text": inline(element.children),
        "align": element.attributes.get("align") or "left",
        "valign": element.attributes.get("valign") or "middle",
    }
    spans = {
        name: int(str(element.attributes[name])) for name in ("colspan", "rowspan") if element.attributes.get(name)
    }
    return {**cell, **spans, **({"is_header": True} if element.tag == "th" else {})}


def inline(children: "list[Element | str]") -> RichValue:
    return joined(child if isinstance(child, str) else _inline_element(child) for child in children)


def _inline_element(element: Element) -> RichValue:
    tag, text = element.tag, inline(element.children)
    if tag == "br":
        return "\n"
    if tag == "a":
        return styled("url", text, url=str(element.attributes.get("href") or ""))
    if tag == "tg-math":
        return _formula(element)
    if tag == "tg-emoji":
        emoji_id = str(element.attributes.get("emoji-id") or "")
        return {"type": "custom_emoji", "custom_emoji_id": emoji_id, "alternative_text": _characters(element)}
    if tag == "span":
        return styled("spoiler", text)
    return styled(INLINE[tag], text) if tag in INLINE else text


def _elements(element: Element) -> list[Element]:
    return [child for child in element.children if isinstance(child, Element)]


def _characters(element: Element) -> str:
    return "".join(child if isinstance(child, str) else _characters(child) for child in element.children)


_STRUCTURES = {
    "hr": _divider,
    "pre": _preformatted,
    "tg-math-block": _formula,
    "blockquote": _quotation,
    "details": _details,
    "table": _table,
    "ul": _list,
    "ol": _list,
}
