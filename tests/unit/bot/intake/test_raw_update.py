from typing import Any

import pytest
from aiogram.types import Update

from bot.intake.raw_update import ALLOWED_UPDATES, lane_of, update_id_of
from tests.unit.bot.intake.updates import tap_update, text_update

PERSON = {"id": 7, "is_bot": False, "first_name": "Аня"}
CHAT = {"id": -100, "type": "group", "title": "x"}


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        (text_update(1, chat_id=5), 5),
        (tap_update(1, chat_id=-100, person_id=7), -100),
        ({"update_id": 1, "callback_query": {"id": "1", "from": PERSON, "inline_message_id": "x"}}, 7),
        ({"update_id": 1, "my_chat_member": {"chat": CHAT, "from": PERSON}}, -100),
        ({"update_id": 1, "stopped_message_generation": {"chat": {"id": 9, "type": "private"}, "draft_id": 3}}, 9),
        ({"update_id": 1, "inline_query": {"id": "1", "from": PERSON, "query": ""}}, 7),
        ({"update_id": 1, "poll_answer": {"poll_id": "1", "user": PERSON}}, 7),
        ({"update_id": 1, "poll": {"id": "1"}}, 0),
        ({"update_id": 1, "something_new": ["x"]}, 0),
        ({"update_id": 1}, 0),
    ],
)
def test_the_lane_is_the_chat_else_the_person(update: dict[str, Any], lane: int) -> None:
    assert lane_of(update) == lane


@pytest.mark.parametrize("update", [{}, {"update_id": "1"}, {"update_id": True}, {"update_id": None}])
def test_what_has_no_number_is_no_update(update: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="update_id"):
        update_id_of(update)


def test_the_kinds_asked_for_exist_in_the_bot_api() -> None:
    assert set(ALLOWED_UPDATES) <= set(Update.model_fields)
