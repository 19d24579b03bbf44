"""aiogram's types are whole although they are built late."""

import subprocess
import sys

import aiogram.methods
import aiogram.types
from aiogram.types import Update
from pydantic import BaseModel

MODELS = [
    entity
    for package in (aiogram.types, aiogram.methods)
    for entity in vars(package).values()
    if isinstance(entity, type) and issubclass(entity, BaseModel)
]
IN_ANOTHER_ORDER = """
from bot.lazy_aiogram import import_aiogram
import_aiogram()
import aiogram
from pydantic import BaseModel, ValidationError
print(aiogram.types.Audio.__pydantic_complete__)
class Later(BaseModel):
    name: "Afterwards"
class Afterwards(BaseModel):
    pass
Later.model_rebuild(_types_namespace={"Afterwards": Afterwards})
print(Later.__pydantic_complete__)
print(aiogram.types.Audio(file_id="1", file_unique_id="2", duration=3).duration)
"""


def test_every_type_and_method_can_be_built() -> None:
    assert len(MODELS) > 500
    for model in MODELS:
        model.model_rebuild(raise_errors=True)
    assert [model.__name__ for model in MODELS if not model.__pydantic_complete__] == []


def test_what_telegram_sends_is_parsed_to_the_bottom() -> None:
    sender = {"id": 1, "is_bot": False, "first_name": "Анна"}
    reply = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "from": sender, "text": "да"}
    update = Update.model_validate({"update_id": 1, "message": {**reply, "message_id": 2, "reply_to_message": reply}})
    assert update.message
    assert update.message.reply_to_message
    assert update.message.reply_to_message.from_user
    assert update.message.reply_to_message.from_user.first_name == "Анна"


def test_types_are_built_when_they_are_used_and_others_as_ever() -> None:
    done = subprocess.run([sys.executable, "-c", IN_ANOTHER_ORDER], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "3"]


def test_a_second_call_changes_nothing() -> None:
    from bot.lazy_aiogram import import_aiogram

    before = BaseModel.__dict__["model_rebuild"]
    import_aiogram()
    assert BaseModel.__dict__["model_rebuild"] is before
