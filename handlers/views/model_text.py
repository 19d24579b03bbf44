"""Markdown that a model wrote → text with entities, or Telegram's rich Markdown. Never sent with a parse mode."""

import re
from collections.abc import Collection
from functools import cache

from aiogram.types import MessageEntity
from telegramify_markdown import RenderConfig, convert

from handlers.views.formatted import Formatted, clean
from handlers.views.links import unlink

# The converter drops raw tags ("List<int>" would lose "<int>") and turns "$x$" into code. Private-use characters stand
# in for the two signs while it works; each is one UTF-16 unit, like the sign itself, so offsets stay right.
_STAND_INS = {"<": "\ue000", "$": "\ue001"}
_TO_STAND_INS = str.maketrans(_STAND_INS)
_BACK = str.maketrans({stand_in: sign for sign, stand_in in _STAND_INS.items()})
_NO_STAND_INS = str.maketrans(dict.fromkeys(_STAND_INS.values(), "\ufffd"))
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(\s*([^()\s]+)[^()\n]*\)")
_TABLE = re.compile(r"^\s*\|?[ :|-]*-{3,}[ :|-]*\|[ :|-]*$", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)")
_RICH_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\<[$"})
_KEPT = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "blockquote"})


@cache
def _config() -> RenderConfig:
    config = RenderConfig.isolated()
    symbols = config.markdown_symbol
    for level in range(1, 7):
        setattr(symbols, f"heading_level_{level}", "")
    symbols.unordered_list_item = "•"
    symbols.image = ""
    symbols.link = ""
    config.cite_expandable = False
    return config


def model_text(markdown: str, allowed: Collection[str] = ()) -> Formatted:
    """`markdown` as people see it. Link targets are spelled out, and only addresses in `allowed` can be pressed."""
    source = clean(markdown).translate(_NO_STAND_INS)
    source = _LINK.sub(lambda match: _spelled(match.group(1), match.group(2)), source)
    text, entities = convert(source.translate(_TO_STAND_INS), latex_escape=False, config=_config())
    kept = [
        MessageEntity(type=e.type, offset=e.offset, length=e.length, language=e.language)
        for e in entities
        if e.type in _KEPT and e.length > 0
    ]
    kept.sort(key=lambda entity: (entity.offset, -entity.length))
    return unlink(Formatted(text.translate(_BACK), tuple(kept)), allowed)


def model_line(markdown: str, allowed: Collection[str] = ()) -> Formatted:
    """A title: one line, its emphasis left to whoever shows it."""
    shown = model_text(" ".join(markdown.split()), allowed)
    return unlink(Formatted(" ".join(shown.text.split())), allowed)


def rich_markdown(markdown: str) -> str:
    """`markdown` for a rich message: emphasis, lists and tables stay, while raw tags, links, pictures and formulas
    become what they are, text. (Telegram would fetch a picture's address.) Rich Markdown joins lines: single line
    breaks are made hard."""
    lines = _with_fences_closed(clean(markdown).translate(_RICH_ESCAPES).split("\n"))
    return "\n".join(line if not line.strip() or line.lstrip().startswith("|") else f"{line}  " for line in lines)


def _with_fences_closed(lines: list[str]) -> list[str]:
    """A code block that the model forgot to close would swallow what follows it in the message."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if found is None:
            continue
        if not fence:
            fence = found.group(1)
        elif found.group(1).startswith(fence) and not found.group(2).strip():
            fence = ""
    return [*lines, fence] if fence else lines


def has_table(markdown: str) -> bool:
    """Only a rich message shows a table as a table."""
    return "|" in markdown and _TABLE.search(markdown) is not None


def _spelled(label: str, target: str) -> str:
    return target if not label.strip() or label.strip() == target else f"{label} ({target})"
