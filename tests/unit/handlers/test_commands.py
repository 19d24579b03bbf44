"""Command menus: every scope, both languages, and the rest of the world."""

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import GetMe, SetMyCommands, SetMyDescription, SetMyShortDescription

from handlers import build_root_router
from handlers.commands import publish_commands
from handlers.fallback import KNOWN
from handlers.i18n import Catalogues
from tests.fakes.telegram_session import recording_bot


async def test_menus_are_set_for_every_scope_and_language(catalogues: Catalogues) -> None:
    bot, telegram = recording_bot()
    await publish_commands(bot, catalogues, {503})
    menus = {
        (str(call.scope.type.value), call.language_code): call for call in telegram.sent(SetMyCommands) if call.scope
    }
    assert set(menus) == {
        (scope, code)
        for scope in ("default", "all_private_chats", "all_group_chats", "chat")
        for code in (None, "ru", "en")
    }
    admin = [command.command for command in menus["chat", "ru"].commands]
    assert "users" in admin
    assert "users" not in [command.command for command in menus["all_private_chats", "ru"].commands]
    assert menus["default", None].commands == menus["default", "ru"].commands
    assert menus["default", "en"].commands != menus["default", "ru"].commands
    assert len(telegram.sent(SetMyDescription)) == len(telegram.sent(SetMyShortDescription)) == 3


async def test_an_admin_without_a_chat_does_not_stop_the_others(catalogues: Catalogues) -> None:
    bot, telegram = recording_bot()
    trouble = TelegramBadRequest(method=GetMe(), message="Bad Request: chat not found")
    telegram.fail(SetMyCommands, *[trouble] * 4)
    await publish_commands(bot, catalogues, {503})
    assert len(telegram.sent(SetMyCommands)) == 12


def test_every_command_of_the_menus_is_handled() -> None:
    """`KNOWN` feeds the suggestions for mistyped commands."""
    from handlers import _commands

    assert sorted(_commands().names) == sorted(KNOWN)
    assert build_root_router().message.handlers
