"""The oracle sees what is wrong, and only that."""

from dataclasses import replace

import pytest

from tests.durability.a_good_day import (
    APPROVER,
    CHAT,
    FINAL,
    GENERATION,
    PROGRESS,
    answered,
    generation,
    good_day,
    help_text,
    pressed,
    said,
)
from tests.durability.checker import check
from tests.durability.evidence import Evidence, Shown, Version
from tests.durability.processes import Death


def test_a_good_day_has_no_findings() -> None:
    findings = check(good_day())
    assert findings.broken() == {}
    assert findings.counts["answered"] == 2
    assert findings.counts["finals"] == findings.counts["approved"] == findings.counts["presses answered"] == 1


def _shown(evidence: Evidence, *more: Shown) -> Evidence:
    return replace(evidence, shown=[*evidence.shown, *more])


def test_a_final_in_a_second_message_is_a_duplicate() -> None:
    twice = _shown(good_day(), Shown(CHAT, 9, 9, 1, (PROGRESS, FINAL)))
    assert set(check(twice).broken()) == {"duplicate_finals"}


def test_a_draft_on_a_review_card_is_no_duplicate() -> None:
    card = Shown(APPROVER, 1, 5, None, (Version(FINAL.text, (f"ok:{GENERATION}:3",)),))
    day = good_day()
    assert check(replace(day, shown=[*day.shown[:2], card])).broken() == {}


def test_a_final_that_was_replaced_by_a_newer_attempt_has_been_seen() -> None:
    newer = Version("1. Другое №10002", ("g:2:1:",))
    day = good_day()
    shown = [replace(day.shown[0], versions=(PROGRESS, FINAL, newer)), *day.shown[1:]]
    assert check(replace(day, shown=shown)).broken() == {}


@pytest.mark.parametrize("versions", [(PROGRESS,), (PROGRESS, replace(FINAL, callbacks=PROGRESS.callbacks))])
def test_progress_for_ever_is_a_loss(versions: tuple[Version, ...]) -> None:
    day = good_day()
    stuck = replace(day, shown=[replace(day.shown[0], versions=versions), *day.shown[1:]])
    assert {"lost", "missing_finals"} == set(check(stuck).broken())


def test_a_placeholder_that_nobody_recorded_is_a_stray_and_no_loss() -> None:
    findings = check(_shown(good_day(), Shown(CHAT, 9, 9, 1, (PROGRESS,))))
    assert findings.broken() == {}
    assert findings.counts["stray placeholders"] == 1


def test_an_update_without_an_answer_is_lost() -> None:
    day = good_day()
    silent = [
        said(4, 20, "/idea ещё один"),
        said(5, 21, "/history"),
        said(6, 22, "привет"),
        pressed(7, "unanswered"),
    ]
    findings = check(replace(day, arrivals=[*day.arrivals, *silent]))
    assert len([line for line in findings.lost if "acknowledged" not in line]) == 4


def test_one_answer_is_not_taken_for_two_commands_nor_for_another_command() -> None:
    day = good_day()
    again = replace(day, arrivals=[*day.arrivals, said(2, 30, "/help")])
    assert check(again).lost == [f"/help 30 in chat {CHAT}: no answer"]
    other = replace(day, arrivals=[day.arrivals[0], said(2, 3, "/history"), day.arrivals[2]])
    assert check(other).lost == [f"/history 3 in chat {CHAT}: no answer"]


def test_an_answer_that_came_before_the_command_is_not_its_answer() -> None:
    day = good_day()
    early = Shown(CHAT, 4, 1, None, (Version(help_text(), ()),))
    assert check(replace(day, shown=[day.shown[0], early, day.shown[2]])).lost


def test_a_press_answered_too_late_or_never_handed_over_is_no_loss() -> None:
    day = good_day()
    late = replace(day, telegram_calls=[answered("tap", 400)])
    assert check(late).broken() == {}
    forgotten = replace(day.arrivals[2], confirmed=False)
    assert check(replace(day, telegram_calls=[], arrivals=[*day.arrivals[:2], forgotten])).broken() == {}


def test_parts_of_an_album_share_one_answer() -> None:
    day = good_day()
    album = [said(1, number, "", media_group_id="album") for number in (10, 11)]
    answer = Shown(CHAT, 12, 12, 11, (Version("…", ()),))
    assert check(_shown(replace(day, arrivals=[*day.arrivals, *album]), answer)).broken() == {}


def test_acknowledged_and_not_stored_is_lost() -> None:
    day = good_day(tables={"inbox": []})
    assert len(check(day).lost) == 3


def test_work_left_over_is_found() -> None:
    undone = {"update_id": 1, "lane": CHAT, "done_at": None, "error_code": None}
    running = generation() | {"state": "running", "draft": None}
    day = good_day(tables={"inbox": [*good_day().tables["inbox"], undone], "generations": [running], "reviews": []})
    assert len(check(day).unfinished) == 2


@pytest.mark.parametrize("approvals", [0, 2])
def test_an_approved_draft_has_exactly_one_review(approvals: int) -> None:
    reviews = [{"generation_id": GENERATION, "verdict": "approved"}] * approvals
    assert set(check(good_day(tables={"reviews": reviews})).broken()) == {"reviews"}


def test_a_card_that_came_twice_or_not_at_all_is_found() -> None:
    day = good_day()
    card = day.shown[2]
    assert set(check(_shown(day, replace(card, message_id=2))).broken()) == {"deliveries"}
    assert set(check(replace(day, shown=day.shown[:2])).broken()) == {"deliveries"}
    settled = replace(card, versions=(Version(FINAL.text, ()),))
    assert check(replace(day, shown=[*day.shown[:2], settled])).broken() == {}, "approved before it came: no buttons"


def test_an_uncertain_delivery_is_listed_and_allowed_and_a_stuck_one_is_not() -> None:
    (card,) = good_day().tables["deliveries"]
    uncertain = check(good_day(tables={"deliveries": [card | {"state": "uncertain"}]}))
    assert uncertain.broken() == {}
    assert len(uncertain.uncertain) == 1
    stuck = check(good_day(tables={"deliveries": [card | {"state": "sending"}]}))
    assert set(stuck.broken()) == {"deliveries"}


def test_a_process_that_died_of_itself_is_found() -> None:
    deaths = [Death("bot", -9, 1.0), Death("bot", 137, 2.0), Death("bot", 0, 3.0), Death("redis", 1, 4.0)]
    assert check(good_day(deaths=deaths)).crashes == ["redis: exit code 1"]
