"""Calls of every kind, as a day has them: answers, repairs, intents, searches, recordings, voices; stopped, cut, tried
again, lost with their process, and spared by the cache. The same seed gives the same calls."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass

from services.calling.lost_calls import LostCalls
from services.calling.price_book import PriceBook
from services.domain.errors import KnowledgeUnavailable, ModelError, TranscriptionUnavailable
from services.domain.generation import PromptRelease
from services.domain.prompt import Message, ModelRole, RenderedPrompt, SamplingParameters
from services.domain.usage import CallContext
from services.llm.events import Delta
from services.llm.genai_prices import GenaiPriceList
from services.llm.tiktoken_counter import TiktokenCounter
from services.speech.ports import SpeakRequest
from services.transcription.ports import Hints
from tests.emulators.openai.faults import Fault, FaultKind
from tests.fakes.sound_files import RATE, SHAPES, encoded, waves_of
from tests.ledger.workshop import DYING, LISTENERS, PAUSING, Workshop
from tests.store_rows import an_attempt

WORDS = (
    *("тихий", "чай", "слоган", "без", "восклицаний", "плед", "вечер", "мята", "лето", "бренд"),
    *("quiet", "tea", "a line", "without", "exclamation", "blanket", "evening", "mint", "summer", "brand"),
)
CHAT_TROUBLE = (
    (FaultKind.RATE_LIMIT, 0.03),
    (FaultKind.SERVER_ERROR, 0.03),
    (FaultKind.UNAVAILABLE, 0.02),
    (FaultKind.CUT, 0.03),
    (FaultKind.EOF, 0.03),
    (FaultKind.ERROR_EVENT, 0.02),
    (FaultKind.BAD_JSON, 0.02),
    (FaultKind.STALL, 0.005),
    (FaultKind.NO_USAGE, 0.04),
    (FaultKind.SPLIT_UTF8, 0.01),
)
SEEN_TOKENS = 24
OTHER_TROUBLE = (FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.UNAVAILABLE)
_SOUND = waves_of("idea-ru.ogg")
_PIECE, _PIECE_MS = encoded(_SOUND, SHAPES["ogg"]), 1000 * len(_SOUND) // RATE


@dataclass
class MixedCalls:
    shop: Workshop
    lost: LostCalls
    counter: TiktokenCounter
    chance: random.Random
    made: Counter[str]

    async def make(self, count: int, at_once: int = 4) -> None:
        """So many requests of a caller; each may be several calls."""
        kinds: dict[str, tuple[Callable[[random.Random], Awaitable[None]], int]] = {
            "answer": (self._answer, 38),
            "repair": (self._repair, 10),
            "intent": (self._intent, 10),
            "stop": (self._stop, 8),
            "lost": (self._lost, 6),
            "search": (self._search, 10),
            "indexing": (self._indexing, 6),
            "recording": (self._recording, 7),
            "voice": (self._voice, 5),
            "asked again": (self.shop.asked_again.ask, 12),
        }
        names = self.chance.choices(list(kinds), [weight for _, weight in kinds.values()], k=count)
        # A generator of its own for each, so that the order in which they run changes nothing.
        todo = iter([(name, random.Random(self.chance.random())) for name in names])

        async def work() -> None:
            for name, chance in todo:
                self.made[name] += 1
                with suppress(ModelError, TranscriptionUnavailable, KnowledgeUnavailable):
                    await kinds[name][0](chance)

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())

    async def _answer(self, chance: random.Random) -> None:
        await self.shop.llm.complete(prompt(chance), CallContext("idea"))

    async def _repair(self, chance: random.Random) -> None:
        """What came cannot be read: it goes back with what is wrong."""
        asked = prompt(chance)
        said = await self.shop.llm.complete(asked, CallContext("idea"), json_schema={"type": "object"})
        again = (*asked.messages, Message("assistant", said.text), Message("user", "Это не JSON. " + words(chance, 5)))
        await self.shop.llm.complete(prompt(chance, again), CallContext("idea"), json_schema={"type": "object"})

    async def _intent(self, chance: random.Random) -> None:
        await self.shop.llm.complete(prompt(chance, role=ModelRole.FAST, most=20), CallContext("intent"))

    async def _stop(self, chance: random.Random) -> None:
        """Somebody presses Stop in a pause of the writer, so that the provider has produced what was seen."""
        asked = prompt(chance, least=2 * SEEN_TOKENS)
        async with aclosing(self.shop.pausing.stream(asked, CallContext("idea"))) as events:
            async for event in events:
                if isinstance(event, Delta) and self.counter.count("gpt-4.1", event.text) >= SEEN_TOKENS:
                    return

    async def _lost(self, chance: random.Random) -> None:
        """The process dies when the answer is there, before it is written down; its heir knows what text was saved."""
        attempt, text = await an_attempt(self.shop.store), ""
        context = CallContext(DYING, generation_id=attempt.id)
        async with aclosing(self.shop.llm.stream(prompt(chance), context)) as events:
            with suppress(ModelError):
                async for event in events:
                    if isinstance(event, Delta):
                        text = event.text
        await self.lost.of_older_runs(attempt.id, 1, text)

    async def _search(self, chance: random.Random) -> None:
        await self.shop.embedder.embed_query(words(chance, 30), CallContext("search"))

    async def _indexing(self, chance: random.Random) -> None:
        texts = [words(chance, 120) for _ in range(chance.randint(1, 40))]
        await self.shop.embedder.embed_passages(texts, CallContext("indexing"))

    async def _recording(self, chance: random.Random) -> None:
        hints = Hints("ru", ("Тихий час",), words(chance, 8))
        listener = self.shop.listeners[chance.choice(LISTENERS)]
        await listener.transcribe(_PIECE, _PIECE_MS, CallContext("transcribe"), hints)

    async def _voice(self, chance: random.Random) -> None:
        model = chance.choice(("tts-1", "gpt-4o-mini-tts"))
        request = SpeakRequest(model, words(chance, 20), "alloy", "" if model == "tts-1" else words(chance, 6))
        await self.shop.voice.speak(request, CallContext("speak"), None)


def prompt(
    chance: random.Random,
    messages: tuple[Message, ...] = (),
    *,
    role: ModelRole = ModelRole.SMART,
    least: int = 10,
    most: int = 120,
) -> RenderedPrompt:
    # As long as prompts are: what a broken connection swallows of an answer is little beside them.
    asked = messages or (Message("system", words(chance, 900, 400)), Message("user", words(chance, 150)))
    limit = SamplingParameters(max_tokens=chance.randint(least, most))
    return RenderedPrompt(asked, PromptRelease("idea", "1", "f" * 64), role, limit)


def words(chance: random.Random, most: int, least: int = 1) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(least, most)))


def make_trouble(shop: Workshop) -> None:
    """For good: each request may meet some."""
    shop.emulator.faults.add(Fault(FaultKind.STALL, None, model_prefix=PAUSING, after_tokens=SEEN_TOKENS))
    for kind, probability in CHAT_TROUBLE:
        after = 30 if kind is FaultKind.STALL else 8
        shop.emulator.faults.add(
            Fault(kind, None, probability, endpoint="chat", after_tokens=after, seconds=0.001),
        )
    for endpoint in ("embeddings", "transcriptions", "speech"):
        for kind in OTHER_TROUBLE:
            shop.emulator.faults.add(Fault(kind, None, 0.03, endpoint=endpoint, seconds=0.001))
    for kind in (FaultKind.CUT, FaultKind.NO_USAGE):
        shop.emulator.faults.add(Fault(kind, None, 0.05, endpoint="embeddings"))


def mixed_calls(shop: Workshop, counter: TiktokenCounter, seed: int) -> MixedCalls:
    lost = LostCalls(shop.ledger, PriceBook(GenaiPriceList(providers=["openai"])), counter)
    return MixedCalls(shop, lost, counter, random.Random(seed), Counter())
