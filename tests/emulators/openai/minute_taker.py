"""The demo model takes minutes by rule: who agreed, promised or proposed something said it with such words."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.emulators.openai.phrases_en import ENGLISH
from tests.emulators.openai.phrases_ru import RUSSIAN
from tests.emulators.openai.sorting import HEARD
from tests.emulators.openai.stems import STOP_WORDS, is_russian, stem, words
from tests.emulators.openai.tokens import text_of

LINE = re.compile(r"^\[(\d{1,2}:\d{2}(?::\d{2})?)\][ \t]*(.+)$", re.M)
POINT = re.compile(r"^- (.+?)(?: \[(\d{1,2}:\d{2}(?::\d{2})?)\])?$")
KINDS = {"decisions": "Decisions:", "tasks": "Tasks:", "ideas": "Ideas:"}
_DAYS = "(?:понедельник|вторник|сред|четверг|пятниц|конц)"
SIGNS = {
    "decisions": re.compile(r"реши(?:ли|м)|договорил\w+|утвержда\w+|we (?:decide|agree)|decided|agreed", re.I),
    "tasks": re.compile(rf"\b(?:до|к|ко) {_DAYS}|подготов\w+ |by (?:mon|tues|wednes|thurs|fri)day", re.I),
    "ideas": re.compile(r"а что,? если|может быть,? |давайте (?:сделаем|попробуем)|идея|what if|how about|idea", re.I),
}
MOST_POINTS, SENTENCES, LONGEST = 12, 4, 300


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    at: str | None
    kind: str | None


def take_minutes(messages: Sequence[dict[str, Any]], schema: dict[str, Any] | None) -> str | None:
    """The JSON that the schema wants; None when nothing is to be summed up."""
    wanted = (schema or {}).get("properties", {})
    heard = HEARD.search(text_of(messages[-1].get("content"))) if messages else None
    if heard is None or not {"summary", *KINDS} <= set(wanted):
        return None
    said = list(_lines(heard[2]) if LINE.search(heard[2]) else _digests(heard[2]))
    book = RUSSIAN if is_russian(heard[2]) else ENGLISH
    answer: dict[str, Any] = {"title": _title(said, book.signature)} if "title" in wanted else {}
    answer["summary"] = f"{_summary(said)} {book.signature}".strip()
    for kind in KINDS:
        points = [{"text": one.text[:LONGEST], "at": one.at} for one in said if one.kind == kind]
        answer[kind] = points[:MOST_POINTS]
    return json.dumps(answer, ensure_ascii=False)


def _lines(talk: str) -> Iterator[Said]:
    for at, text in LINE.findall(talk):
        kind = next((kind for kind, sign in SIGNS.items() if sign.search(text)), None)
        yield Said(text.strip(), at, kind)


def _digests(text: str) -> Iterator[Said]:
    """Digests of parts: prose, and points under their headings."""
    kind: str | None = None
    for line in text.splitlines():
        if line.strip() in KINDS.values():
            kind = next(name for name, heading in KINDS.items() if heading == line.strip())
        elif point := POINT.match(line):
            yield Said(point[1], point[2], kind)
        elif line.strip():
            kind = None
            bare = line.replace(RUSSIAN.signature, "").replace(ENGLISH.signature, "").strip()
            if words(bare) and not re.fullmatch(r"[\d:]+–[\d:]+", bare):
                yield Said(bare, None, None)


def _title(said: Sequence[Said], without: str) -> str:
    """The words that come up most, as they are said first."""
    spoken = [word for one in said for word in words(one.text) if len(word) > 3 and word not in STOP_WORDS]
    times = Counter(stem(word) for word in spoken)
    forms: dict[str, str] = {}
    for word in spoken:
        forms.setdefault(stem(word), word)
    best = [forms[found] for found, _ in times.most_common(3)]
    return (", ".join(best).capitalize() or without)[:100]


def _summary(said: Sequence[Said]) -> str:
    """The lines that say most of what is said often, in their order."""
    times = Counter(stem(word) for one in said for word in set(words(one.text)) - STOP_WORDS)
    weighed = sorted(range(len(said)), key=lambda n: -sum(times[stem(word)] for word in set(words(said[n].text))))
    return " ".join(said[n].text[:LONGEST] for n in sorted(weighed[:SENTENCES]))
