"""What a dead process was paying for a recording is written down as lost, by what it had sent."""

import pytest

from services.calling.lost_calls import LostCalls
from services.domain.errand import Errand
from services.domain.usage import CallContext, CallOutcome, Usage
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter

CALLED = CallContext("transcribe", recording_id=3, lease_token=1)


@pytest.mark.parametrize(
    ("errand", "sent"),
    [
        (Errand(CALLED, "openai", "whisper-1", audio_ms=9_000), Usage(audio_ms=9_000, estimated=True)),
        (
            Errand(CALLED, "openai", "gpt-4o-transcribe", tokens_in=90, audio_ms=9_000),
            Usage(90, tokens_audio=90, audio_ms=9_000, estimated=True),
        ),
        (Errand(CALLED, "openai", "gpt-4.1", tokens_in=90), Usage(90, estimated=True)),
        (Errand(CALLED, "openai", "tts-1", characters=40), Usage(characters=40, estimated=True)),
    ],
)
async def test_what_was_sent_is_what_is_lost(errand: Errand, sent: Usage) -> None:
    ledger = MemoryLedger()
    await ledger.start(errand)
    assert await LostCalls(ledger, FlatPriceList(), WordCounter()).of_recording(3, 2) == 1
    report = ledger.calls[0].report
    assert report is not None
    assert (report.outcome, report.usage, report.cost_microusd) == (CallOutcome.LOST, sent, 2 * sent.tokens_in)


async def test_other_recordings_and_this_run_are_left_alone() -> None:
    ledger = MemoryLedger()
    for recording, token in ((3, 2), (4, 1)):
        context = CallContext("transcribe", recording_id=recording, lease_token=token)
        await ledger.start(Errand(context, "openai", "whisper-1", audio_ms=9_000))
    assert await LostCalls(ledger, FlatPriceList(), WordCounter()).of_recording(3, 2) == 0
    assert ledger.outcomes == [CallOutcome.STARTED] * 2
