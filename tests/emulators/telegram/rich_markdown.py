"""Rich messages written in Markdown: GitHub flavour plus Telegram's marks and HTML islands, as blocks.

Rules: https://core.telegram.org/bots/api#rich-message-formatting-options
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from tests.emulators.telegram.errors import unparsable_entities
from tests.emulators.telegram.rich_html import INLINE, parse_rich_html
from tests.emulators.telegram.rich_text import RichValue, joined, marked_text, plain, styled

STYLES = {"strong": "bold", "em": "italic", "s": "strikethrough"}
_TASK = re.compile(r"\[([ xX])\]\s+")
_OPEN_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)\b[^>]*>")
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.IGNORECASE | re.DOTALL)
_ISLAND = re.compile(r"<(tg-thinking|footer|aside)>.*</\1>", re.IGNORECASE | re.DOTALL)


def parse_rich_markdown(markdown: str) -> list[dict[str, object]]:
    """Blocks of the message. Raises ApiError 400 for HTML that Telegram does not know."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return _blocks(SyntaxTreeNode(parser.parse(markdown)).children)


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> list[dict[str, object]]:
    blocks: list[dict[str, object]] = []
    position = 0
    while position < len(nodes):
        node = nodes[position]
        position += 1
        if node.type == "html_block" and "<details" in node.content.lower() and "</details" not in node.content.lower():
            end = _closing_details(nodes, position)
            blocks.append(_details(node.content, _blocks(nodes[position:end])))
            position = end + 1
        elif node.type == "html_block":
            blocks.extend(parse_rich_html(node.content))
        elif node.type == "paragraph" and _ISLAND.fullmatch(_source(node).strip()):
            blocks.extend(parse_rich_html(_source(node).strip()))
        else:
            blocks.append(_block(node))
    return blocks


def _block(node: SyntaxTreeNode) -> dict[str, object]:
    build = _STRUCTURES.get(node.type)
    return build(node) if build else styled("paragraph", _text(node))


def _heading(node: SyntaxTreeNode) -> dict[str, object]:
    return styled("heading", _text(node), size=int(node.tag[1]))


def _code(node: SyntaxTreeNode) -> dict[str, object]:
    language = node.info.split()[0] if node.type == "fence" and node.info.strip() else ""
    return styled("pre", node.content.rstrip("\n"), **({"language": language} if language else {}))


def _divider(_node: SyntaxTreeNode) -> dict[str, object]:
    return {"type": "divider"}


def _quotation(node: SyntaxTreeNode) -> dict[str, object]:
    return {"type": "blockquote", "blocks": _blocks(node.children)}


def _list(node: SyntaxTreeNode) -> dict[str, object]:
    return {"type": "list", "items": _items(node)}


def _items(node: SyntaxTreeNode) -> list[dict[str, object]]:
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) if ordered else 1
    items: list[dict[str, object]] = []
    for number, child in enumerate(node.children, start=first):
        blocks = _blocks(child.children)
        item: dict[str, object] = {"label": f"{number}." if ordered else "•", "blocks": blocks}
        if ordered:
            item["value"] = number
        task = _TASK.match(plain(blocks[0])) if blocks and blocks[0]["type"] == "paragraph" else None
        if task:
            blocks[0]["text"] = _without_prefix(blocks[0]["text"], task.end())
            item |= {"has_checkbox": True, **({"is_checked": True} if task.group(1) != " " else {})}
        items.append(item)
    return items


def _without_prefix(text: object, length: int) -> object:
    if isinstance(text, str):
        return text[length:]
    if isinstance(text, list) and text and isinstance(text[0], str):
        return joined([text[0][length:], *text[1:]])
    return text


def _table(node: SyntaxTreeNode) -> dict[str, object]:
    rows = [row for part in node.children for row in part.children]
    return {"type": "table", "cells": [[_cell(cell) for cell in row.children] for row in rows]}


def _cell(node: SyntaxTreeNode) -> dict[str, object]:
    style = str(node.attrs.get("style", ""))
    align = style.removeprefix("text-align:") if style else "left"
    cell: dict[str, object] = {"text": _text(node), "align": align, "valign": "middle"}
    return {**cell, "is_header": True} if node.type == "th" else cell


def _closing_details(nodes: Sequence[SyntaxTreeNode], start: int) -> int:
    depth = 1
    for position in range(start, len(nodes)):
        content = nodes[position].content.lower() if nodes[position].type == "html_block" else ""
        depth += content.count("<details") - content.count("</details")
        if depth == 0:
            return position
    raise unparsable_entities('Can\'t find end tag corresponding to start tag "details"')


def _details(opening: str, blocks: list[dict[str, object]]) -> dict[str, object]:
    summary = _SUMMARY.search(opening)
    block: dict[str, object] = {
        "type": "details",
        "summary": summary.group(1).strip() if summary else "",
        "blocks": blocks,
    }
    return {**block, "is_open": True} if re.search(r"<details\s+open", opening, re.IGNORECASE) else block


def _source(node: SyntaxTreeNode) -> str:
    return node.children[0].content if node.children else ""


def _text(node: SyntaxTreeNode) -> RichValue:
    children = node.children[0].children if node.children else []
    text, rest = _inline(list(children), None)
    return joined([text, *(_leaf(child) for child in rest)])


def _inline(nodes: list[SyntaxTreeNode], closing: str | None) -> tuple[RichValue, list[SyntaxTreeNode]]:
    """Reads up to the end tag `closing`; returns the text and the nodes after that tag."""
    parts: list[RichValue] = []
    while nodes:
        node, nodes = nodes[0], nodes[1:]
        if node.type != "html_inline":
            parts.append(_leaf(node))
            continue
        tag = node.content.lower()
        if tag.startswith("</"):
            if closing is None or tag[2:-1].strip() != closing:
                raise unparsable_entities(f'Unexpected end tag "{tag[2:-1].strip()}"')
            return joined(parts), nodes
        opening = _OPEN_TAG.fullmatch(tag)
        name = opening.group(1) if opening else ""
        if name == "br":
            parts.append("\n")
            continue
        if name not in INLINE:
            raise unparsable_entities(f'Unsupported start tag "{name or tag}"')
        inner, nodes = _inline(nodes, name)
        parts.append(styled(INLINE[name], inner))
    if closing is not None:
        raise unparsable_entities(f'Can\'t find end tag corresponding to start tag "{closing}"')
    return joined(parts), nodes


def _leaf(node: SyntaxTreeNode) -> RichValue:
    kind = node.type
    if kind == "text":
        return marked_text(node.content)
    if kind in ("softbreak", "hardbreak"):
        return "\n"
    if kind == "code_inline":
        return styled("code", node.content)
    if kind == "link":
        return styled("url", _inline(list(node.children), None)[0], url=str(node.attrs.get("href", "")))
    if kind in STYLES:
        return styled(STYLES[kind], _inline(list(node.children), None)[0])
    return node.content


_STRUCTURES = {
    "heading": _heading,
    "fence": _code,
    "code_block": _code,
    "hr": _divider,
    "blockquote": _quotation,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
}
