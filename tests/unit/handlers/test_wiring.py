"""Every parameter of every handler is provided by the process."""

from dataclasses import fields

from bot.catalogue_use_cases import CatalogueUseCases
from bot.lesson_use_cases import LessonUseCases
from bot.money_use_cases import MoneyUseCases
from bot.recording_use_cases import RecordingUseCases
from bot.use_cases import UseCases
from handlers import build_root_router, required_names
from tests.fakes.use_cases import REAL

FROM_MIDDLEWARES = {"member", "chat", "address", "language", "texts"}
FROM_DISPATCHER = {"bot", "catalogues"}
GROUPS = (UseCases, RecordingUseCases, MoneyUseCases, CatalogueUseCases, LessonUseCases)


def test_handlers_ask_only_for_what_the_process_provides() -> None:
    use_cases = {field.name for group in GROUPS for field in fields(group)}
    assert required_names() - FROM_MIDDLEWARES - FROM_DISPATCHER <= use_cases


def test_the_fakes_cover_every_use_case_that_handlers_ask_for() -> None:
    assert required_names() - FROM_MIDDLEWARES - FROM_DISPATCHER == {*REAL, "pending_inputs", "answer_question"}


def test_a_router_can_be_built_twice() -> None:
    assert build_root_router() is not build_root_router()


def test_updates_that_are_handled_are_the_updates_that_are_asked_for() -> None:
    assert set(build_root_router().resolve_used_update_types()) == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "stopped_message_generation",
    }
