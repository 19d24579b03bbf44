"""What a chat request asks the demo writer for, read from its messages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from tests.emulators.openai.stems import is_russian
from tests.emulators.openai.tokens import text_of

BLOCK_OPENS = re.compile(
    r"^[ \t]*<(passages|brief|material|previous|history|instruction|question|problems|answer)\b([^>\n]*)>", re.I | re.M
)
NONCE = re.compile(r"""nonce=["']?([\w-]+)""", re.I)
PASSAGE_HEAD = re.compile(r"^\[(\d+)\][ \t]*(.*)$", re.M)

IDEA_NOUNS = r"(?:иде|вариант|концепц|слоган|заголов|сценари|idea|option|concept|slogan|headline|script|variant)"
NUMBER_WORDS = {
    r"одн\w+|one|1": 1,
    r"дв[аеу]\w*|two|2": 2,
    r"тр[иеё]\w*|three|3": 3,
    r"четыр\w+|four|4": 4,
    r"пят\w+|five|5": 5,
    r"шест\w+|six|6": 6,
    r"сем\w+|seven|7": 7,
    r"восем\w+|eight|8": 8,
}
STATED_COUNT = re.compile(r"(?:number of ideas|how many ideas|число идей|сколько идей|идей)\s*:\s*(\d+)", re.I)
ASKED_LANGUAGE = re.compile(
    r"(?:(?:answer|write|written|reply|respond|stays)\b[^.\n]{0,40}\bin|language:) (?P<en>russian|english)\b"
    r"|(?:пиши|пишите|отвечай|отвечайте|ответь|ответьте)\b[^.\n]{0,40}(?:на|по)[ -](?P<ru>русск|английск)",
    re.I,
)


BANNED = re.compile(r"^- (?:ru|en): (.+)$", re.M)


class Kind(Enum):
    IDEAS = auto()
    ANSWER = auto()
    TALK = auto()
    REPAIR = auto()
    """The answer of an earlier request is to be put into shape; it stands in `previous`."""


class Wish(Enum):
    """What a reason chip or an instruction wants of the next attempt."""

    BOLDER = re.compile(r"смел|дерз|провокац|\bbold|daring|edgy|too safe|go further", re.I)
    SHORTER = re.compile(r"короч|коротк|сократ|\bshort|concise|\bbrief(?:er|ly)", re.I)
    OTHER_ANGLE = re.compile(
        r"друг\w+ (?:угол|сторон|ракурс|подход)|ракурс|another angle|different angle|new angle", re.I
    )


@dataclass(frozen=True, slots=True)
class Passage:
    number: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Assignment:
    kind: Kind
    russian: bool
    brief: str
    """The brief, the question, or the last thing that the person said."""
    passages: tuple[Passage, ...]
    previous: str = ""
    instruction: str = ""
    wishes: frozenset[Wish] = frozenset()
    count: int | None = None
    """Ideas asked for; None: nobody said."""
    banned_words: tuple[str, ...] = ()
    material: str = ""
    """A message that the brief or the question points at."""
    system_prompt: str = ""
    after_blocks: str = ""
    """What the last message says outside of its blocks."""
    whole: str = ""
    """All texts of the request, in order."""


def read(messages: Sequence[dict[str, Any]]) -> Assignment:
    texts = [(str(message.get("role")), text_of(message.get("content"))) for message in messages]
    last_user = next((text for role, text in reversed(texts) if role == "user"), "")
    blocks: dict[str, str] = {}
    rest = ""
    for text in (text for role, text in texts if role == "user"):
        found, rest = split_blocks(text)
        blocks |= found
    system = "\n\n".join(text for role, text in texts if role in ("system", "developer"))
    replies = [text for role, text in texts if role == "assistant"]
    brief = blocks.get("question") or blocks.get("brief") or last_user
    instruction = blocks.get("instruction", "")
    wished = f"{instruction}\n{rest}" if blocks else ""
    return Assignment(
        kind=_kind(blocks, last_user, system),
        russian=_russian(brief, instruction, rest, system),
        brief=brief.strip(),
        passages=_passages(blocks.get("passages", "")),
        previous=blocks.get("answer") or blocks.get("previous") or (replies[-1] if replies else ""),
        instruction=instruction.strip(),
        wishes=frozenset(wish for wish in Wish if wish.value.search(wished)),
        count=_stated(rest) or _count(brief) or _count(instruction) or _count(rest) or _count(system),
        banned_words=tuple(word.strip() for line in BANNED.findall(system) for word in line.split(",")),
        material=blocks.get("material", "").strip(),
        system_prompt=system,
        after_blocks=rest,
        whole="\n\n".join(text for _, text in texts),
    )


def split_blocks(text: str) -> tuple[dict[str, str], str]:
    """The fenced blocks by tag, and what is left outside of them. A block ends only at a closing tag with its nonce,
    so a closing tag that was written into a document ends nothing."""
    blocks: dict[str, str] = {}
    outside, position = [], 0
    while opening := BLOCK_OPENS.search(text, position):
        tag, attributes = opening[1].lower(), opening[2]
        nonce = NONCE.search(attributes)
        closing = re.compile(rf"</{tag}\b[^>\n]*{re.escape(nonce[1]) if nonce else ''}[^>\n]*>", re.I)
        end = closing.search(text, opening.end())
        blocks[tag] = text[opening.end() : end.start() if end else len(text)].strip("\n")
        outside.append(text[position : opening.start()])
        position = end.end() if end else len(text)
    outside.append(text[position:])
    return blocks, "".join(outside)


def _passages(block: str) -> tuple[Passage, ...]:
    """Headings are numbered from 1 without gaps; a bracketed number out of turn is text."""
    heads: list[re.Match[str]] = []
    for head in PASSAGE_HEAD.finditer(block):
        if int(head[1]) == len(heads) + 1:
            heads.append(head)
    ends = [*(head.start() for head in heads[1:]), len(block)][: len(heads)]
    return tuple(
        Passage(int(head[1]), head[2].strip(), block[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    )


def _kind(blocks: dict[str, str], last_user: str, system: str) -> Kind:
    if {"problems", "answer"} <= set(blocks):
        return Kind.REPAIR
    if "question" in blocks:
        return Kind.ANSWER
    if "brief" in blocks or re.search(IDEA_NOUNS, last_user, re.I):
        return Kind.IDEAS
    if last_user.rstrip().endswith("?") or "passages" in blocks:
        return Kind.ANSWER
    return Kind.IDEAS if re.search(r'"ideas"', system) else Kind.TALK


def _russian(brief: str, instruction: str, rest: str, system: str) -> bool:
    for text in (instruction, rest, system):
        if asked := ASKED_LANGUAGE.search(text):
            return (asked["en"] or asked["ru"]).lower() in ("russian", "русск")
    return is_russian(brief)


def _stated(text: str) -> int | None:
    stated = STATED_COUNT.search(text)
    return int(stated[1]) if stated else None


def _count(text: str) -> int | None:
    for pattern, number in NUMBER_WORDS.items():
        if re.search(rf"\b(?:{pattern})\b(?: [^\W\d]+)?? {IDEA_NOUNS}", text, re.I):
            return number
    return None
