"""What is asked of the base: words of a sentence as people ask for them, every third with a slip of the finger."""

import json
import random
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.knowledge.base import Plan
from benchmarks.knowledge.texts import Written
from benchmarks.knowledge.vectors import nearest, passage_vectors, question_vectors
from services.domain.language import Language
from services.retrieval.analysis import sentences, subject_words

_OPENINGS = {
    Language.RUSSIAN: ("Что известно про", "Где говорится, что", "Сколько", "Почему", "Когда", "Расскажи про"),
    Language.ENGLISH: ("What is known about", "Where does it say that", "How many", "Why", "When", "Tell me about"),
}
_SLIP_EVERY = 3
_LONG = 5
_EXACT = 100
"""Questions whose true neighbours are looked up."""
TOP = 10


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    answer: int
    """Number of the passage."""


def ask(passages: Sequence[Written], seed: int) -> list[Question]:
    """One about each, all different."""
    chance = random.Random(seed)
    return [Question(_about(passage, number, chance), passage.number) for number, passage in enumerate(passages)]


def prepare(plan: Plan, count: int, into: Path) -> None:
    """Written to a file, so that the process that asks holds neither texts nor vectors of passages."""
    chosen = random.Random(plan.seed).choices(range(plan.passages), k=count)
    writer, passages = plan.writer(), passage_vectors(plan.passages, plan.seed)
    questions = ask([writer.passage(number, plan.characters) for number in chosen], plan.seed)
    vectors = question_vectors(passages, chosen, plan.seed)
    told = [(question.text, question.answer, vector) for question, vector in zip(questions, vectors, strict=True)]
    lines = [json.dumps([text, answer, vector.tolist()], ensure_ascii=False) for text, answer, vector in told]
    lines.append(json.dumps(nearest(passages, vectors[:_EXACT], TOP)))
    into.write_text("\n".join(lines), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Prepared:
    questions: list[Question]
    vectors: dict[str, "array[float]"]
    exact: list[list[int]]
    """True neighbours of the first questions."""


def read(file: Path) -> Prepared:
    questions: list[Question] = []
    vectors: dict[str, array[float]] = {}
    exact: Any = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            if isinstance(told[0], str):
                questions.append(Question(told[0], told[1]))
                vectors[told[0]] = array("f", told[2])
            else:
                exact = told
    return Prepared(questions, vectors, exact)


def _about(passage: Written, number: int, chance: random.Random) -> str:
    longest = sorted(sentences(passage.text), key=len)[-3:]
    subject = subject_words(chance.choice(longest))
    start = chance.randint(0, max(0, len(subject) - 6))
    words = list(subject[start : start + chance.randint(4, 6)])
    if number % _SLIP_EVERY == 0:
        words = _with_slip(words, chance)
    return f"{chance.choice(_OPENINGS[passage.language])} {' '.join(words)}?"


def _with_slip(words: list[str], chance: random.Random) -> list[str]:
    places = [place for place, word in enumerate(words) if len(word) >= _LONG]
    if not places:
        return words
    place = chance.choice(places)
    word, cut = words[place], chance.randint(1, len(words[place]) - 3)
    swapped = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return [*words[:place], swapped, *words[place + 1 :]]
