"""Markdown as blocks between blank lines; what is fenced stays in one piece."""

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def blocks_of(text: str) -> list[str]:
    blocks: list[str] = []
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            lines.append(line)
            if mark and mark.group(1).startswith(fence):
                fence = ""
        elif line.strip():
            lines.append(line)
            fence = mark.group(1) if mark else ""
        elif lines:
            blocks.append("\n".join(lines))
            lines = []
    return [*blocks, "\n".join(lines)] if lines else blocks


def text_of(blocks: list[str]) -> str:
    return "\n\n".join(blocks)


def is_fenced(block: str) -> bool:
    return any(_FENCE.match(line) for line in block.split("\n", 1)[:1]) or "\n```" in block or "\n~~~" in block


def is_table(block: str) -> bool:
    return block.lstrip().startswith("|")


def is_heading(block: str) -> bool:
    return block.startswith("#")
