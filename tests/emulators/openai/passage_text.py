"""Passages as sentences, with what each is: prose, a table row, a customer's words, a conclusion."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tests.emulators.openai.assignment import Passage
from tests.emulators.openai.stems import content_stems, words

SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][»”\"]))\s+(?=[«“\"]?[A-ZА-ЯЁ0-9])")
CONCLUSION = re.compile(r"^(?:инсайт|урок|вывод|insight|lesson|takeaway)\s*:\s*(.+)$", re.I)
ATTRIBUTION = re.compile(r"\s+[—–-]{1,2}\s+[^—–]{2,60}$")
# Words of questions that documents put otherwise.
SYNONYMS = {"стоит": "цена", "стоимость": "цена", "почем": "цена", "cost": "price", "costs": "price"}
HEADING_WEIGHT = 0.4
KINDRED_LETTERS = 5


class Nature(Enum):
    PROSE = auto()
    ROW = auto()
    VOICE = auto()
    CONCLUSION = auto()


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    source: int
    nature: Nature
    stems: frozenset[str]
    heading_stems: frozenset[str]


def sentences(passage: Passage) -> Iterator[Sentence]:
    heading = content_stems(passage.heading)
    header: list[str] = []
    for line in passage.text.splitlines():
        bare = re.sub(r"^\s*(?:[*+-]|#{1,6}|\d+\.)\s+", "", line).replace("**", "").strip()
        if bare.startswith("|"):
            cells = [cell.strip() for cell in bare.strip("|").split("|")]
            if header and not set("".join(cells)) <= set("-: "):
                yield _sentence(_row(header, cells), passage, Nature.ROW, heading)
            header = header or cells
            continue
        header = []
        yield from _line(bare, passage, heading)


def _line(bare: str, passage: Passage, heading: frozenset[str]) -> Iterator[Sentence]:
    if bare.startswith(">"):
        said = ATTRIBUTION.sub("", bare.lstrip("> ")).strip('«»“”". ')
        yield _sentence(said, passage, Nature.VOICE, heading)
        return
    if conclusion := CONCLUSION.match(bare):
        for text in split(conclusion[1]):
            yield _sentence(text, passage, Nature.CONCLUSION, heading)
        return
    for text in split(bare):
        if content_stems(text):
            yield _sentence(text, passage, Nature.PROSE, heading)


def split(paragraph: str) -> list[str]:
    """Into sentences; a quotation of several sentences stays whole."""
    whole: list[str] = []
    open_quote = False
    for piece in SENTENCE_END.split(paragraph):
        if open_quote:
            whole[-1] += f" {piece}"
        else:
            whole.append(piece)
        open_quote = _leaves_quote_open(whole[-1])
    return [text.strip() for text in whole]


def _leaves_quote_open(text: str) -> bool:
    return text.count("«") > text.count("»") or text.count("“") > text.count("”") or text.count('"') % 2 == 1


def _sentence(text: str, passage: Passage, nature: Nature, heading: frozenset[str]) -> Sentence:
    return Sentence(text, passage.number, nature, content_stems(text), heading)


def _row(header: list[str], cells: list[str]) -> str:
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(header, cells, strict=False) if cell)


class Relevance:
    """How much of a text's meaning is covered, from 0 to 1. Words that few passages have weigh more, and a word that
    none has weighs most."""

    def __init__(self, text: str, passages: Sequence[Passage]) -> None:
        asked = " ".join(SYNONYMS.get(word, word) for word in words(text))
        self._stems = {passage.number: content_stems(f"{passage.heading} {passage.text}") for passage in passages}
        vocabulary = frozenset().union(*self._stems.values())
        self._wanted = frozenset(_nearest(stem, vocabulary) for stem in content_stems(asked))
        seen = {stem: sum(stem in known for known in self._stems.values()) for stem in self._wanted}
        self._weight = {stem: 1 + math.log((len(passages) + 1) / (count + 1)) for stem, count in seen.items()}
        self._total = sum(self._weight.values()) or 1.0

    def of_passage(self, number: int) -> float:
        return self._sum(self._wanted & self._stems[number])

    def of(self, sentence: Sentence) -> float:
        inside = self._wanted & sentence.stems
        above = (self._wanted & sentence.heading_stems) - inside
        return self._sum(inside) + HEADING_WEIGHT * self._sum(above)

    def _sum(self, stems: frozenset[str]) -> float:
        return sum(self._weight[stem] for stem in stems) / self._total


def _nearest(stem: str, vocabulary: frozenset[str]) -> str:
    """The stem itself, or a known one with the same beginning: a stemmer cuts kindred words at different places."""
    if stem in vocabulary:
        return stem
    beginning = stem[: max(KINDRED_LETTERS, len(stem) - 2)]
    kindred = [known for known in vocabulary if len(known) >= KINDRED_LETTERS and known.startswith(beginning)]
    return min(kindred, key=lambda known: (abs(len(known) - len(stem)), known), default=stem)
