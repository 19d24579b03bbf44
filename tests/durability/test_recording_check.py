"""The oracle of recordings finds what it is for: a good day, spoilt in one place each."""

from typing import Any

import pytest

from tests.durability.a_good_day import good_day
from tests.durability.database import Row
from tests.durability.evidence import Shown, Version
from tests.durability.processes import Death
from tests.durability.recording_check import check_recordings

CHAT, VOICE, SCREEN = 7005, 40, 41
WORDS = "три слогана для чая"
GOOD: Row = {
    "id": 1,
    "chat_id": CHAT,
    "message_id": VOICE,
    "screen_message_id": SCREEN,
    "state": "done",
    "start_at": None,
    "version": 5,
    "shown_version": 5,
    "failed_in": None,
    "error_code": None,
    "is_long": 0,
    "pieces": 2,
    "text": WORDS,
}
ON_SCREEN = Shown(CHAT, SCREEN, 9, VOICE, (Version("Слушаю…", ()), Version(f"🎙 {WORDS}", ())))
IDEAS = Shown(CHAT, 44, 12, VOICE, (Version(f"1. Тихий вечер №10001 ({WORDS})", ("g:1:3:",)),))


def spoken_day(row: dict[str, Any] | None = None, **changes: Any) -> Any:
    calls = changes.pop("calls", 2)
    pieces = changes.pop("pieces", ["{}", "{}"])
    deliveries = changes.pop("deliveries", [])
    tables = {
        "recordings": [GOOD | (row or {})],
        "recording_pieces": [{"recording_id": 1, "number": n, "transcript": said} for n, said in enumerate(pieces)],
        "model_calls": [
            {"id": n, "generation_id": None, "recording_id": 1, "task": "transcribe", "outcome": "ok"}
            for n in range(calls)
        ],
        "deliveries": deliveries,
    }
    return good_day(**{"shown": [ON_SCREEN, IDEAS], **changes, "tables": tables})


def file(number: int) -> Row:
    return {"id": number, "kind": "transcript_file", "payload": '{"recording_id": 1}'}


def found(evidence: Any) -> list[str]:
    findings = check_recordings(evidence)
    return [*findings.lost, *findings.unfinished, *findings.duplicates]


def test_a_good_day_has_no_findings() -> None:
    assert found(spoken_day()) == []
    assert check_recordings(spoken_day()).heard == 2
    assert found(spoken_day({"is_long": 1}, deliveries=[file(1), file(2)])) == []


@pytest.mark.parametrize(
    ("spoilt", "finding"),
    [
        (spoken_day({"state": "prepared"}), "recording 1: prepared"),
        (spoken_day({"state": "waiting", "start_at": "2026-01-01"}), "recording 1: waiting"),
        (spoken_day({"state": "failed", "failed_in": "prepared", "error_code": "x"}), "failed in prepared with x"),
        (spoken_day({"shown_version": 4}), "version 5, on the screen 4"),
        (spoken_day(shown=[IDEAS]), "its screen is in no message"),
        (spoken_day(shown=[ON_SCREEN, Shown(CHAT, 42, 10, VOICE, (Version(WORDS, ()),))]), "shown in message 42"),
        (spoken_day(pieces=["{}", None]), "without text [1]"),
        (spoken_day(pieces=["{}"]), "2 pieces"),
        (spoken_day(calls=1), "2 pieces heard in 1 calls"),
        (spoken_day(calls=4, deaths=[Death("bot", -9, 1.0)]), "2 pieces heard again by 1 deaths"),
        (spoken_day({"is_long": 1}, deliveries=[file(1), file(2), file(3)]), "3 files of its text"),
    ],
)
def test_what_went_wrong_is_found(spoilt: Any, finding: str) -> None:
    assert [line for line in found(spoilt) if finding in line]


def test_a_message_that_nobody_wrote_down_is_counted() -> None:
    stray = Shown(CHAT, 42, 8, VOICE, (Version("Слушаю…", ()),))
    evidence = spoken_day(shown=[stray, ON_SCREEN])
    assert found(evidence) == []
    assert check_recordings(evidence).strays == 1


def test_an_answer_that_died_on_its_way_to_the_row_is_counted() -> None:
    evidence = spoken_day(calls=3, deaths=[Death("bot", 137, 1.0)])
    assert found(evidence) == []
    assert check_recordings(evidence).heard_again == 1
