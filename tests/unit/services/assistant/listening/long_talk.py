"""A meeting that was heard to its end, in a real database; and who writes its minutes."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.assistant.listening.ask_in_shape import AskInShape
from services.assistant.listening.sum_up_recording import SumUpRecording
from services.assistant.listening.write_minutes import WriteMinutes
from services.assistant.stages.compose import Window
from services.calling.retry import RetryPolicy
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.recording import NewRecording, Piece, Recording, RecordingKind, RecordingState, SpokenRequest
from services.domain.transcript import Segment, Transcript
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from services.prompts.jinja_library import JinjaPromptLibrary
from services.store.sql_ledger import SqlLedger
from tests.fakes.chat_model import ScriptedChatModel
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import PROMPTS

MINUTE = 60_000
WORDS = "мы решили что магнит на дверь делаем к октябрю и Оля рисует макет до пятницы"
"""15 words: with its mark of time 16 of the counter's tokens, and one for the line."""
DIGEST = {
    "summary": "Говорили о магните.",
    "decisions": [{"text": "Магнит к октябрю.", "at": "[1:00]"}],
    "tasks": [],
    "ideas": [{"text": "Расписание в лифте.", "at": None}],
}
MINUTES = {
    "title": "Осень: магнит",
    "summary": "Выбрали магнит.",
    "decisions": [{"text": "Магнит к октябрю.", "at": "1:00"}],
    "tasks": [{"text": "Оля: макет до пятницы.", "at": "99:00"}],
    "ideas": [{"text": "Расписание в лифте.", "at": None}],
}


def long_recording(state: RecordingState = RecordingState.DONE, **changes: Any) -> Recording:
    """Of no database."""
    made = Recording(
        id=17,
        member_id=3,
        project_id=1,
        address=ChatAddress(3, None, 50),
        kind=RecordingKind.AUDIO,
        state=state,
        version=5,
        shown_version=5,
        language=Language.RUSSIAN,
        file_id="file",
        file_name="Planning_day.m4a",
        mime_type="audio/mp4",
        size_bytes=1_000_000,
        duration_ms=58 * MINUTE + 10_000,
        is_long=True,
        request=SpokenRequest(),
        text=WORDS,
        heard_language="ru",
        created_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    )
    return replace(made, **changes)


def said(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)


async def transcribed(
    team: Team, minutes: int = 3, *, request: SpokenRequest | None = None, message_id: int = 50, words: str = WORDS
) -> Recording:
    """One piece of two phrases a minute, all heard."""
    new = NewRecording(
        member_id=team.writer.id,
        project_id=team.project.id,
        address=ChatAddress(team.chat.id, None, message_id),
        kind=RecordingKind.AUDIO,
        language=Language.RUSSIAN,
        file_id="file",
        file_name="Planning_day.m4a",
        duration_ms=minutes * MINUTE,
        is_long=True,
        request=request or SpokenRequest(),
    )
    async with team.store.transaction() as tx:
        recording, _ = await tx.recordings.add(new)
        for state in (RecordingState.FETCHED, RecordingState.PREPARED):
            await tx.recordings.advance(recording.id, state)
        pieces = [
            Piece(recording.id, n, n * MINUTE, (n + 1) * MINUTE, f"recordings/{recording.id}/pieces/{n}.ogg")
            for n in range(minutes)
        ]
        await tx.recordings.cut(pieces)
        for piece in pieces:
            await tx.recordings.hear(recording.id, piece.number, _heard(piece, words))
        done = await tx.recordings.advance(
            recording.id, RecordingState.TRANSCRIBED, text=words, heard_language="ru", confidence=0.9
        )
    assert done is not None
    return done


def _heard(piece: Piece, words: str) -> Transcript:
    half = (piece.start_ms + piece.end_ms) // 2
    segments = (Segment(piece.start_ms, half, words, 0.9), Segment(half, piece.end_ms, words, 0.9))
    return Transcript(f"{words} {words}", "ru", segments, 0.9)


def minute_taker(team: Team, model: ScriptedChatModel, *, window_tokens: int = 16_000) -> SumUpRecording:
    prompts, counter = JinjaPromptLibrary(PROMPTS), WordCounter()
    llm = LLMService(
        plan_routes(model, "smart", "fast") if model.provider else {},
        ledger=SqlLedger(team.store),
        breaker=MemoryBreaker(),
        prices=FlatPriceList(),
        counter=counter,
        policy=RetryPolicy(),
        sleep=_at_once,
    )
    write = WriteMinutes(AskInShape(llm, prompts), prompts, counter, Window("smart", window_tokens))
    return SumUpRecording(team.store, write, team.jobs, team.clock)


async def reload(team: Team, recording: Recording) -> Recording:
    async with team.store.reading() as tx:
        found = await tx.recordings.get(recording.id)
    assert found is not None
    return found


def asked(model: ScriptedChatModel) -> Sequence[str]:
    """What the model was shown, request by request."""
    return [request.messages[-1].content for request in model.requests]


async def _at_once(seconds: float) -> None:
    """Retries follow without a pause."""
