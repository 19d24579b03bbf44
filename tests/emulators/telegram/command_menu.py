"""Which commands a person sees when they type "/".

Rules: https://core.telegram.org/bots/api#determining-list-of-commands
"""

import re

from aiogram import types

from tests.emulators.telegram.addressing import normal_chat_id
from tests.emulators.telegram.chats import Chat
from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.state import BotProfile

MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")

MenuKey = tuple[str, int | None, int | None, str]


def menu_key(scope: types.BotCommandScopeUnion | None, language_code: str | None) -> MenuKey:
    """Raises ApiError 400 for a malformed language code."""
    language = language_code or ""
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    chat_id = normal_chat_id(scope.chat_id) if scope and hasattr(scope, "chat_id") else None
    user_id = scope.user_id if isinstance(scope, types.BotCommandScopeChatMember) else None
    return (scope.type if scope else "default", chat_id if isinstance(chat_id, int) else None, user_id, language)


def checked_commands(commands: list[types.BotCommand]) -> list[types.BotCommand]:
    """Raises ApiError 400 in the server's words."""
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command.command.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.description.strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return [command.model_copy(update={"command": command.command.removeprefix("/")}) for command in commands]


def menu_for(profile: BotProfile, chat: Chat, user_id: int, language: str | None) -> list[types.BotCommand]:
    """The first scope that has commands wins; within a scope the person's language goes before the default."""
    for scope, chat_id, member_id in _scopes(chat, user_id):
        for code in dict.fromkeys(((language or "")[:2], "")):
            commands = profile.commands.get((scope, chat_id, member_id, code))
            if commands:
                return commands
    return []


def _scopes(chat: Chat, user_id: int) -> list[tuple[str, int | None, int | None]]:
    if chat.is_private:
        return [("chat", chat.id, None), ("all_private_chats", None, None), ("default", None, None)]
    member = chat.membership(user_id)
    admin = member is not None and member.is_admin
    scopes: list[tuple[str, int | None, int | None]] = [("chat_member", chat.id, user_id)]
    if admin:
        scopes.append(("chat_administrators", chat.id, None))
    scopes.append(("chat", chat.id, None))
    if admin:
        scopes.append(("all_chat_administrators", None, None))
    return [*scopes, ("all_group_chats", None, None), ("default", None, None)]
