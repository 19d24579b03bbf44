"""What is said in a recording, and what of it in a part."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and when it is said: seconds from the recording's beginning."""

    start: float
    end: float
    text: str

    def later(self, seconds: float) -> "Said":
        return replace(self, start=self.start + seconds, end=self.end + seconds)


def spread(text: str, start: float, end: float) -> list[Said]:
    """Sentences of `text`; each lasts as long as its share of the letters."""
    sentences = [part for part in _SENTENCE_ENDS.split(text.strip()) if part]
    return list(_share_out(sentences, start, end))


def within(sentences: Sequence[Said], start: float, end: float) -> list[Said]:
    """The words whose middle lies in the part, by sentence: over parts that join, each word is said once."""
    heard = []
    for sentence in sentences:
        if sentence.end <= start or sentence.start >= end:
            continue
        words = list(_share_out(sentence.text.split(), sentence.start, sentence.end))
        inside = [word for word in words if start <= (word.start + word.end) / 2 < end]
        if inside:
            text = " ".join(word.text for word in inside)
            heard.append(Said(max(inside[0].start, start), min(inside[-1].end, end), text))
    return heard


def _share_out(parts: Sequence[str], start: float, end: float) -> Iterator[Said]:
    letters = sum(map(len, parts)) or 1
    done = 0
    for part in parts:
        begin, done = done, done + len(part)
        yield Said(start + (end - start) * begin / letters, start + (end - start) * done / letters, part)
