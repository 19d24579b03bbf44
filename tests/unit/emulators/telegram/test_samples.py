"""Real updates and answers collected by others: the emulator's words and shapes are the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import GetFile, SendMessage, TelegramMethod
from aiogram.types import Message, RichMessage, Update

from tests.emulators.telegram import ManualClock, Person, TelegramEmulator
from tests.emulators.telegram.errors import ApiError, too_many_requests
from tests.emulators.telegram.rich_text import plain

SAMPLES = Path(__file__).parents[3] / "data" / "telegram"
UPDATES = sorted((SAMPLES / "updates").glob("*.json"))


def load(name: str) -> dict[str, object]:
    sample: dict[str, object] = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    return sample


@pytest.mark.parametrize("path", UPDATES, ids=lambda path: path.stem)
def test_samples_pass_through_the_queue_unchanged(path: Path) -> None:
    """An update that Telegram really sent looks the same after the emulator has queued and written it."""
    sample = json.loads(path.read_text(encoding="utf-8"))
    update = Update.model_validate(sample)
    queue = TelegramEmulator(clock=ManualClock()).updates
    queue.allow([update.event_type])
    queued = queue.add(update.event_type, update.event, "chat:1")
    assert queued is not None
    written = json.loads(queued.body)
    assert without_nulls(written[update.event_type]) == without_nulls(sample[update.event_type])


def without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def test_there_are_samples() -> None:
    assert len(UPDATES) >= 15


def test_a_real_rich_message_is_read() -> None:
    message = Message.model_validate(load("messages/rich_message.json"))
    assert isinstance(message.rich_message, RichMessage)
    text = plain(message.rich_message.model_dump(mode="json", exclude_none=True)["blocks"])
    assert "Codes | Colors" in text


@pytest.mark.parametrize("sample", ["too_long", "wrong_file_id", "user_deactivated"])
async def test_refusals_are_worded_as_recorded(bot: Bot, anya: Person, sample: str) -> None:
    recorded = str(load(f"responses/{sample}.json")["description"])
    if sample == "user_deactivated":
        anya.deactivates()
    too_long = SendMessage(chat_id=anya.id, text="x" * 4097)
    call: TelegramMethod[Any] = GetFile(file_id="wrong") if sample == "wrong_file_id" else too_long
    with pytest.raises(TelegramAPIError) as refusal:
        await bot(call)
    assert recorded in refusal.value.message


def test_too_many_requests_as_recorded() -> None:
    recorded = load("responses/too_many_requests.json")
    parameters = recorded["parameters"]
    assert isinstance(parameters, dict)
    refusal: ApiError = too_many_requests(parameters["retry_after"])
    assert refusal.body() == recorded
