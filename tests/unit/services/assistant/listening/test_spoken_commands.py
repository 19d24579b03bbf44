"""The rules on what people say: decisions are read without one mistake, and never out of a sentence about them."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.assistant.listening.spoken_commands import Command, read_command
from services.domain.generation import Chip
from services.domain.recording import SpokenAction

SPOKEN = Path("tests/data/spoken")
LANGUAGES = ("ru", "en")
OTHER_WORDS = ["бюджет", "клиент", "завтра", "если", "кроме", "второй", "budget", "client", "tomorrow", "if", "except"]
DECISIONS = (SpokenAction.APPROVE, SpokenAction.REGENERATE)


def utterances(language: str) -> list[tuple[bool, str, str, dict[str, Any]]]:
    """(in reply to a draft, what it means, what is said, what else is expected)."""
    told = yaml.safe_load((SPOKEN / f"{language}.yaml").read_text(encoding="utf-8"))
    return [
        (
            situation == "reply",
            meaning,
            item["say"] if isinstance(item, dict) else item,
            item if isinstance(item, dict) else {},
        )
        for situation, meanings in told.items()
        for meaning, items in meanings.items()
        for item in items
    ]


ALL = [pytest.param(*one, id=f"{language}-{one[2][:40]}") for language in LANGUAGES for one in utterances(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_enough_to_judge_by(language: str) -> None:
    said = utterances(language)
    assert len({(in_reply, text) for in_reply, _, text, _ in said}) == len(said) >= 120


@pytest.mark.parametrize(("in_reply", "meaning", "said", "expected"), ALL)
def test_an_utterance_means_what_people_mean(in_reply: bool, meaning: str, said: str, expected: dict[str, Any]) -> None:
    command = read_command(said, is_reply=in_reply)
    if meaning == "unclear":
        assert command is None
        return
    assert command is not None
    assert command.action is SpokenAction(meaning)
    if command.action is SpokenAction.REGENERATE:
        assert (command.chip, command.text) == (expected["chip"] and Chip(expected["chip"]), expected["text"])
    elif command.action is SpokenAction.APPROVE:
        assert command == Command(SpokenAction.APPROVE)
    else:
        assert command.text == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_decision_is_read_out_of_what_is_none(language: str) -> None:
    """Whatever the situation: the look-alikes of one are tried in the other, too."""
    for in_reply in (True, False):
        for _, meaning, said, _ in utterances(language):
            command = read_command(said, is_reply=in_reply)
            if command is not None and command.action is SpokenAction.APPROVE:
                assert meaning == "approve", said
            if command is not None and command.action is SpokenAction.REGENERATE and meaning != "regenerate":
                assert (in_reply, said) in {(True, "Короче."), (True, "Shorter.")}


@pytest.mark.parametrize("no", ["не", "нет, не", "пока не", "ещё не", "никогда не", "don't", "do not", "not", "never"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_negation_before_it_takes_a_decision_away(language: str, no: str) -> None:
    for in_reply, meaning, said, _ in utterances(language):
        if meaning in DECISIONS:
            command = read_command(f"{no} {said}", is_reply=in_reply)
            assert command is None or command.action not in DECISIONS, said


@given(st.sampled_from([one[2] for language in LANGUAGES for one in utterances(language) if one[1] == "approve"]))
def test_case_and_marks_mean_nothing(said: str) -> None:
    for written in (said.upper(), said.lower(), said.replace(",", ""), f"… {said} …", said.replace(".", "!")):
        assert read_command(written, is_reply=True) == Command(SpokenAction.APPROVE)


@given(st.sampled_from([one[2] for language in LANGUAGES for one in utterances(language) if one[1] == "approve"]))
def test_a_question_approves_nothing(said: str) -> None:
    assert read_command(f"{said.rstrip('.!')}?", is_reply=True) is None


@given(
    st.sampled_from([one for language in LANGUAGES for one in utterances(language) if one[1] == "approve"]),
    st.lists(
        st.sampled_from(
            [
                "бюджет",
                "клиент",
                "завтра",
                "если",
                "кроме",
                "второй",
                "потом",
                "budget",
                "client",
                "tomorrow",
                "if",
                "except",
            ]
        )
    ),
    st.integers(0, 20),
)
def test_other_words_around_it_take_an_approval_away(one: Any, others: list[str], place: int) -> None:
    words = one[2].split()
    words[place % (len(words) + 1) : 0] = others
    command = read_command(" ".join(words), is_reply=one[0])
    assert (command == Command(SpokenAction.APPROVE)) == (not others)


@given(st.text(), st.booleans())
def test_any_text_can_be_read(text: str, in_reply: bool) -> None:
    command = read_command(text, is_reply=in_reply)
    assert command is None or command.text in text


@pytest.mark.parametrize("nothing", ["", " ", "…", "?!", "👍", "Муза", "ну эээ"])
def test_no_words_mean_nothing(nothing: str) -> None:
    assert read_command(nothing, is_reply=False) is None
    assert read_command(nothing, is_reply=True) is None
