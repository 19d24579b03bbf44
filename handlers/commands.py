"""Command menus and the bot's description, as Telegram shows them before the first word is said."""

from collections.abc import Collection

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
)
from loguru import logger

from handlers.i18n import Catalogues, Texts, mark
from services.domain.language import Language

_DESCRIPTIONS = {
    "idea": mark("command.idea"),
    "ask": mark("command.ask"),
    "transcribe": mark("command.transcribe"),
    "learn": mark("command.learn"),
    "batch": mark("command.batch"),
    "history": mark("command.history"),
    "kb": mark("command.kb"),
    "queue": mark("command.queue"),
    "settings": mark("command.settings"),
    "spend": mark("command.spend"),
    "status": mark("command.status"),
    "users": mark("command.users"),
    "broadcast": mark("command.broadcast"),
    "budget": mark("command.budget"),
    "kill": mark("command.kill"),
    "cancel": mark("command.cancel"),
    "help": mark("command.help"),
    "start": mark("command.start"),
}
_EVERYWHERE = ("idea", "ask", "transcribe", "learn", "queue", "history", "kb", "cancel", "help")
_PRIVATE = (
    "idea",
    "ask",
    "transcribe",
    "learn",
    "batch",
    "queue",
    "history",
    "kb",
    "budget",
    "settings",
    "spend",
    "status",
    "cancel",
    "help",
)
_ADMIN = (
    "idea",
    "ask",
    "transcribe",
    "learn",
    "batch",
    "queue",
    "history",
    "kb",
    "budget",
    "spend",
    "kill",
    "users",
    "broadcast",
    "status",
    "settings",
    "cancel",
    "help",
)


async def publish_commands(bot: Bot, catalogues: Catalogues, admin_ids: Collection[int]) -> None:
    """Set the menus of every scope in both languages, and without a language for clients in a third one."""
    scopes: list[tuple[BotCommandScopeUnion, tuple[str, ...]]] = [
        (BotCommandScopeDefault(), _EVERYWHERE),
        (BotCommandScopeAllPrivateChats(), _PRIVATE),
        (BotCommandScopeAllGroupChats(), _EVERYWHERE),
        *((BotCommandScopeChat(chat_id=admin_id), _ADMIN) for admin_id in sorted(admin_ids)),
    ]
    for language, code in _languages(catalogues):
        texts = catalogues.texts(language)
        for scope, names in scopes:
            await _publish(bot, _menu(names, texts), scope, code)
        await bot.set_my_description(description=texts("bot.description"), language_code=code)
        await bot.set_my_short_description(short_description=texts("bot.short_description"), language_code=code)


def _languages(catalogues: Catalogues) -> list[tuple[Language, str | None]]:
    return [(catalogues.default, None), *((language, language.value) for language in Language)]


def _menu(names: tuple[str, ...], texts: Texts) -> list[BotCommand]:
    return [BotCommand(command=name, description=texts(_DESCRIPTIONS[name])) for name in names]


async def _publish(bot: Bot, menu: list[BotCommand], scope: BotCommandScopeUnion, code: str | None) -> None:
    try:
        await bot.set_my_commands(menu, scope=scope, language_code=code)
    except TelegramBadRequest as error:
        # An admin who has never written to the bot has no chat yet; their menu is set at the next start.
        logger.info("menu not set: {}", error.message)
