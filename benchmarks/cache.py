"""`python -m benchmarks.cache [MODEL]`: which briefs the cache takes for the same, over paraphrases and look-alikes.

MODEL: as EMBEDDING_MODEL, loaded in this process; `bundled` by default, `none` for the rules alone.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.caching.calibration import Calibration, judge, likeness
from services.caching.exam import exam_texts
from services.caching.guard import may_be_same
from services.caching.keys import plain_text
from services.domain.language import Language

PAIRS = Path(__file__).parent.parent / "tests" / "data" / "caching"
Vectors = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Pair:
    language: Language
    one: str
    other: str


def pairs_of(name: str) -> list[Pair]:
    lines = (PAIRS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return [Pair(Language(row["language"]), row["one"], row["other"]) for row in rows]


def is_hit(pair: Pair, vectors: Vectors, calibration: Calibration) -> bool:
    if plain_text(pair.one) == plain_text(pair.other):
        return True
    floor = calibration.floors.get(pair.language)
    if floor is None or not may_be_same(pair.one, pair.other):
        return False
    return likeness(vectors[pair.one], vectors[pair.other]) >= floor


def main(model: str) -> int:
    """1 when a look-alike was taken for the same brief."""
    paraphrases, look_alikes = pairs_of("paraphrases"), pairs_of("look_alikes")
    vectors, calibration = ({}, Calibration({})) if model == "none" else _examined(model, paraphrases + look_alikes)
    wrong_in_all = 0
    for language in Language:
        alike = [pair for pair in paraphrases if pair.language is language]
        unlike = [pair for pair in look_alikes if pair.language is language]
        hits = sum(is_hit(pair, vectors, calibration) for pair in alike)
        wrong = sum(is_hit(pair, vectors, calibration) for pair in unlike)
        wrong_in_all += wrong
        floor = calibration.floors.get(language)
        how = f"rules, and {model} from {floor:.2f}" if floor is not None else "exact: the model cannot tell"
        print(f"{language.value}: {how}")
        print(f"  paraphrases hit       {hits} of {len(alike)} ({hits / len(alike):.0%})")
        print(f"  look-alikes hit       {wrong} of {len(unlike)}")
        by_rules = sum(may_be_same(pair.one, pair.other) for pair in alike)
        fooled = sum(may_be_same(pair.one, pair.other) for pair in unlike)
        print(f"  by the rules alone    {by_rules} of {len(alike)}, look-alikes {fooled}")
        if vectors:
            print(f"  by likeness alone     {_by_likeness(alike, unlike, vectors)} of {len(alike)} without a wrong hit")
    return 1 if wrong_in_all else 0


def _examined(model: str, pairs: Sequence[Pair]) -> tuple[Vectors, Calibration]:
    from services.retrieval.sentence_embedder import SentenceEmbedder

    embedder = SentenceEmbedder(model)
    embedder.load()
    texts = list(dict.fromkeys([*exam_texts(), *(text for pair in pairs for text in (pair.one, pair.other))]))
    vectors = dict(zip(texts, embedder.encode(texts, "query").tolist(), strict=True))
    return vectors, judge(vectors, embedder.languages)


def _by_likeness(alike: Sequence[Pair], unlike: Sequence[Pair], vectors: Vectors) -> int:
    """Paraphrases nearer to each other than every look-alike pair."""
    highest = max(likeness(vectors[pair.one], vectors[pair.other]) for pair in unlike)
    return sum(likeness(vectors[pair.one], vectors[pair.other]) > highest for pair in alike)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "bundled"))
