"""One try at a voice in the ledger: written before the request leaves, settled however it ends."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from services.calling.ledger_entry import LedgerEntry, billed_report, error_code_of, outcome_of
from services.domain.errand import Errand
from services.domain.errors import ModelTimeout
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import PromptRelease
from services.domain.metering import CallLedger, PriceList
from services.domain.usage import CallContext, CallOutcome, Usage
from services.speech.ports import SpeakRequest, Spoken, TextToSpeech

_LETTERS_PER_TOKEN = 3
_SOUND_TOKENS_PER_LETTER = 1.5
"""About 14 letters a second, and 1,250 tokens of sound a minute
(https://platform.openai.com/docs/pricing: $12 a million of them, $0.015 a minute)."""

_MOST_SLOWNESS = 3
"""Times what a usual voice needs: how to say it may ask for long pauses."""
ROLE = "speech"
"""In the ledger."""


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
        errand = Errand(
            context,
            self.provider,
            request.model,
            release,
            expected.tokens_in,
            characters=expected.characters,
            most_microusd=self._prices.bill(self.provider, request.model, _most(request)).counted_microusd,
            role=ROLE,
        )
        entry = LedgerEntry(self._ledger, errand)
        await entry.open()
        reached(FailPoint.CALL_RECORDED)
        began, told, error = self._monotonic(), None, None
        try:
            spoken = await entry.during(self._voice.speak(replace(request, request_id=entry.request_id)))
            told = spoken.usage
        except BaseException as caught:
            error = caught
            raise
        finally:
            usage = _usage(expected, told, error)
            report = billed_report(
                self._prices.bill(self.provider, request.model, usage),
                outcome_of(error),
                usage,
                round((self._monotonic() - began) * 1000),
                error_code=error_code_of(error),
            )
            # Shielded: a shutdown must not leave the call looking as if it were still running.
            await asyncio.shield(entry.settle(report))
        reached(FailPoint.CALL_SETTLED)
        return spoken


def _expected(request: SpeakRequest) -> Usage:
    """By our own count: letters for voices that are paid so, tokens for the others."""
    letters = len(request.text)
    if not request.model.startswith("gpt-"):
        return Usage(characters=letters)
    sound = round(letters * _SOUND_TOKENS_PER_LETTER)
    return Usage(
        tokens_in=(letters + len(request.instructions)) // _LETTERS_PER_TOKEN + 1,
        tokens_out=sound,
        tokens_audio_out=sound,
        characters=letters,
        estimated=True,
    )


def _most(request: SpeakRequest) -> Usage:
    """What a provider can count at most: no text has more tokens than bytes."""
    expected = _expected(request)
    if not expected.tokens_out:
        return expected
    sound = (expected.tokens_out + 100) * _MOST_SLOWNESS
    return replace(
        expected,
        tokens_in=len(request.text.encode()) + len(request.instructions.encode()) + _LETTERS_PER_TOKEN,
        tokens_out=sound,
        tokens_audio_out=sound,
    )


def _usage(expected: Usage, told: Usage | None, error: BaseException | None) -> Usage:
    """The provider's count; our own where it sent none; nothing for a request that it turned away."""
    if told is not None:
        return replace(told, characters=expected.characters)
    if outcome_of(error) is CallOutcome.FAILED and not isinstance(error, ModelTimeout):
        return Usage()
    return expected
