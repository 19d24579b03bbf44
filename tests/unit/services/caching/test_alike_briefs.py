"""The model has a veto, where it passed its exam; everywhere else only the same words are the same brief."""

import math
from collections.abc import Sequence

from services.caching.alike_briefs import AlikeBriefs
from services.caching.exam import ALIKE, UNLIKE
from services.caching.guard import may_be_same
from services.domain.errors import KnowledgeUnavailable
from services.domain.language import Language
from services.domain.usage import CallContext
from tests.fakes.retrieval import HashingEmbedder

CONTEXT = CallContext("search")
ENGLISH = ("Three slogans for regular customers", "For regular customers, three slogans")
NEARLY = ("Three slogans for regular customers", "Three slogans for regular customers, please")
RUSSIAN = ("Три слогана для кофейни", "Для кофейни нужны 3 слогана")
EVERY = frozenset(Language)


class Blind(HashingEmbedder):
    """Says that it knows every language, and places texts at random."""

    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        angles = [hash(text) % 360 for text in texts]
        return [(math.cos(angle), math.sin(angle)) for angle in angles]


async def judged(embedder: HashingEmbedder, lowest: float = 0.0) -> AlikeBriefs:
    await embedder.warm_up()
    alike = AlikeBriefs(embedder, lowest)
    await alike.warm_up(pauses=())
    return alike


def test_the_exam_is_one_that_the_rules_leave_to_the_model() -> None:
    assert all(may_be_same(*pair) for pairs in ALIKE.values() for pair in pairs)
    assert not any(may_be_same(*pair) for pairs in UNLIKE.values() for pair in pairs)


async def test_alike_briefs_are_recognised_in_the_languages_that_the_model_knows() -> None:
    alike = await judged(HashingEmbedder(languages={Language.ENGLISH}))
    assert alike.state.alike == {Language.ENGLISH}
    assert alike.state.facts == {"model": alike.state.model, "alike": "en", "exact": "ru"}
    assert await alike.same(*ENGLISH, CONTEXT)
    assert not await alike.same(*RUSSIAN, CONTEXT)
    assert not await alike.same("Three slogans for regular customers", "Five slogans for regular customers", CONTEXT)
    # This one passes the rules, but to the fake, which counts words, the two have little in common.
    assert not await alike.same(
        "Three slogans for tea", "Hi! Could you please suggest 3 tea slogans? Thanks in advance", CONTEXT
    )


async def test_a_model_that_cannot_tell_leaves_the_cache_exact() -> None:
    alike = await judged(Blind(languages=EVERY))
    assert alike.state.alike == frozenset()
    assert not await alike.same(*ENGLISH, CONTEXT)


async def test_without_a_model_the_cache_is_exact() -> None:
    alike = AlikeBriefs(None)
    await alike.warm_up(pauses=())
    assert (alike.state.code, alike.state.facts) == ("off", {"exact": "en,ru"})
    assert not await alike.same(*ENGLISH, CONTEXT)


async def test_a_model_that_is_away_leaves_the_cache_exact_for_now() -> None:
    class Away(HashingEmbedder):
        async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
            raise KnowledgeUnavailable("away")

    alike = await judged(Away(languages=EVERY))
    assert alike.state.code == "loading"
    assert not await alike.same(*ENGLISH, CONTEXT)


async def test_the_installation_may_ask_for_more_likeness_than_the_exam() -> None:
    assert not await (await judged(HashingEmbedder(languages=EVERY), lowest=0.999)).same(*NEARLY, CONTEXT)
    assert await (await judged(HashingEmbedder(languages=EVERY))).same(*NEARLY, CONTEXT)
