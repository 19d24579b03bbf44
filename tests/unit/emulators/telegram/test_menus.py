"""The bot's profile and its command menus by scope and language."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    BotCommandScopeUnion,
    MenuButtonCommands,
)

from tests.emulators.telegram import Group, Person, TelegramEmulator
from tests.emulators.telegram.command_menu import menu_for


def named(*names: str) -> list[BotCommand]:
    return [BotCommand(command=name, description=f"does {name}") for name in names]


async def test_the_narrowest_scope_wins(bot: Bot, emulator: TelegramEmulator, anya: Person, lev: Person) -> None:
    group = emulator.add_group("Team", [anya, lev])

    def seen(person: Person, chat: Group | None = None) -> list[str]:
        room = chat.chat if chat else person.private_chat
        menu = menu_for(emulator.state.profile, room, person.id, person.user.language_code)
        return [command.command for command in menu]

    scopes: list[tuple[BotCommandScopeUnion | None, str]] = [
        (None, "default"),
        (BotCommandScopeAllPrivateChats(), "private"),
        (BotCommandScopeAllGroupChats(), "groups"),
        (BotCommandScopeAllChatAdministrators(), "admins"),
    ]
    assert seen(anya) == []
    for scope, name in scopes:
        await bot.set_my_commands(named(name), scope=scope)
    assert (seen(anya), seen(anya, group), seen(lev, group)) == (["private"], ["admins"], ["groups"])
    await bot.set_my_commands(named("admin_here"), scope=BotCommandScopeChat(chat_id=anya.id))
    await bot.set_my_commands(named("lev_here"), scope=BotCommandScopeChatMember(chat_id=group.id, user_id=lev.id))
    assert (seen(anya), seen(lev, group)) == (["admin_here"], ["lev_here"])
    await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=anya.id))
    assert seen(anya) == ["private"]


async def test_languages(bot: Bot, emulator: TelegramEmulator, anya: Person, lev: Person) -> None:
    await bot.set_my_commands(named("idea"))
    await bot.set_my_commands(named("ideya"), language_code="ru")
    profile = emulator.state.profile
    assert menu_for(profile, anya.private_chat, anya.id, "ru")[0].command == "ideya"
    assert menu_for(profile, lev.private_chat, lev.id, "en")[0].command == "idea"
    assert [command.command for command in await bot.get_my_commands(language_code="ru")] == ["ideya"]
    assert await bot.get_my_commands(language_code="de") == []


@pytest.mark.parametrize(
    ("commands", "refusal"),
    [
        (named("UPPER"), "BOT_COMMAND_INVALID"),
        (named("x" * 33), "BOT_COMMAND_INVALID"),
        ([BotCommand(command="idea", description=" ")], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([BotCommand(command="idea", description="x" * 257)], "BOT_COMMAND_DESCRIPTION_INVALID"),
        (named(*(f"c{number}" for number in range(101))), "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_broken_menus_are_refused(bot: Bot, commands: list[BotCommand], refusal: str) -> None:
    with pytest.raises(TelegramBadRequest, match=refusal):
        await bot.set_my_commands(commands)


async def test_texts_about_the_bot(bot: Bot) -> None:
    await bot.set_my_description("A muse")
    await bot.set_my_description("Муза", language_code="ru")
    await bot.set_my_short_description("short")
    await bot.set_my_name("Muza")
    assert (await bot.get_my_description(language_code="ru")).description == "Муза"
    assert (await bot.get_my_description(language_code="en")).description == "A muse"
    assert (await bot.get_my_short_description()).short_description == "short"
    with pytest.raises(TelegramBadRequest, match="too long"):
        await bot.set_my_short_description("x" * 121)
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.can_join_groups) == ("muza_bot", True, True)
