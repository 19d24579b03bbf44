"""The report says what was missed, and how to see it again."""

import json

from tests.durability.report import Row, as_json, as_text, none_of

ROWS = [
    none_of("kills", "10 updates", "bot ×1", "lost", []),
    none_of("kills", "10 updates", "bot ×1", "doubled", [f"message {n}" for n in range(20)]),
    Row("kills", "10 updates", "bot ×1", "for information", "429 3"),
]


def test_a_missed_bar_is_named_with_its_findings() -> None:
    text = as_text(ROWS, seed=7, scale=0.5, seconds=61)
    assert text.count("kills: 10 updates, bot ×1") == 1
    assert "MISSED" in text
    assert "message 0" in text
    assert "… and 8 more" in text
    assert "1 of the bars missed; 61 s; again with --seed 7 --scale 0.5" in text


def test_without_a_miss_every_bar_is_met() -> None:
    assert "every bar is met" in as_text([ROWS[0], ROWS[2]], seed=1, scale=1, seconds=1)


def test_programs_read_the_same() -> None:
    body = json.loads(as_json(ROWS, seed=7, scale=0.5, seconds=61))
    assert body["ok"] is False
    assert [row["ok"] for row in body["rows"]] == [True, False, True]
    assert len(body["rows"][1]["details"]) == 20
