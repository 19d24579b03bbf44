"""One try at a voice in the ledger: written before the request leaves, settled however it ends."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from loguru import logger

from services.domain.errors import ModelError, ModelTimeout, MuzaError, StoreUnavailable, StreamIncomplete
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import PromptRelease
from services.domain.metering import CallLedger, PriceList
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.speech.ports import SpeakRequest, Spoken, TextToSpeech

_LETTERS_PER_TOKEN = 3
_SOUND_TOKENS_PER_LETTER = 1.5
"""About 14 letters a second, and 1,250 tokens of sound a minute
(https://platform.openai.com/docs/pricing: $12 a million of them, $0.015 a minute)."""


class RecordedVoice:
    """A provider whose every call is in the ledger."""

    def __init__(
        self,
        voice: TextToSpeech,
        ledger: CallLedger,
        prices: PriceList,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._voice = voice
        self._ledger = ledger
        self._prices = prices
        self._monotonic = monotonic

    @property
    def provider(self) -> str:
        return self._voice.provider

    async def warm_up(self) -> None:
        await asyncio.to_thread(self._prices.load)
        await self._voice.warm_up()

    async def speak(self, request: SpeakRequest, context: CallContext, release: PromptRelease | None) -> Spoken:
        """Raises the ModelError tree, StoreUnavailable when the ledger cannot be written (nothing left then)."""
        expected = _expected(request)
        call_id = await self._ledger.start(context, self.provider, request.model, release, expected.tokens_in)
        reached(FailPoint.CALL_RECORDED)
        began = self._monotonic()
        usage, error = Usage(), None
        try:
            spoken = await self._voice.speak(replace(request, request_id=f"muza-{call_id}"))
            usage = _counted(request, spoken.usage)
        except BaseException as caught:
            error = caught
            usage = expected if _may_be_billed(caught) else usage
            raise
        finally:
            # Shielded: a shutdown must not leave the call looking as if it were still running.
            milliseconds = round((self._monotonic() - began) * 1000)
            await asyncio.shield(self._settle(call_id, request.model, usage, error, milliseconds))
        reached(FailPoint.CALL_SETTLED)
        return spoken

    async def _settle(
        self, call_id: int, model: str, usage: Usage, error: BaseException | None, milliseconds: int
    ) -> None:
        cost = self._prices.cost_microusd(self.provider, model, usage)
        report = CallReport(_outcome(error), usage, cost, milliseconds, error_code=_error_code(error))
        try:
            await self._ledger.finish(call_id, report)
        except StoreUnavailable as unavailable:
            # The sound is worth more than its receipt; a sweep settles the row by our own count.
            logger.error("call {} could not be settled in the ledger: {}", call_id, unavailable.code)


def _expected(request: SpeakRequest) -> Usage:
    """By our own count: letters for voices that are paid so, tokens for the others."""
    letters = len(request.text)
    if not request.model.startswith("gpt-"):
        return Usage(characters=letters)
    return Usage(
        tokens_in=(letters + len(request.instructions)) // _LETTERS_PER_TOKEN + 1,
        tokens_out=round(letters * _SOUND_TOKENS_PER_LETTER),
        characters=letters,
        estimated=True,
    )


def _counted(request: SpeakRequest, told: Usage | None) -> Usage:
    return _expected(request) if told is None else replace(told, characters=len(request.text))


def _may_be_billed(error: BaseException) -> bool:
    """A request that was turned away costs nothing; one that nobody waited for to the end may."""
    return not isinstance(error, ModelError) or isinstance(error, ModelTimeout | StreamIncomplete)


def _outcome(error: BaseException | None) -> CallOutcome:
    if error is None:
        return CallOutcome.OK
    if isinstance(error, StreamIncomplete):
        return CallOutcome.CUT
    return CallOutcome.STOPPED if isinstance(error, asyncio.CancelledError) else CallOutcome.FAILED


def _error_code(error: BaseException | None) -> str | None:
    if error is None or isinstance(error, asyncio.CancelledError):
        return None
    return error.code if isinstance(error, MuzaError) else "internal"
