"""Telegram in, Telegram out: read the update, call one use case, show the result."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.handler import CallableObject
from aiogram.types import TelegramObject

from handlers import (
    answer_marks,
    ask,
    batches,
    broadcast,
    budget_presses,
    budgets,
    cancel,
    conversation,
    digest,
    edits,
    errors,
    fallback,
    halts,
    hearing,
    history,
    ideas,
    kb,
    kb_presses,
    learn,
    membership,
    minutes,
    queue,
    recordings,
    review,
    settings,
    spend,
    start,
    status,
    strangers,
    transcribe,
    undelivered,
    users,
)
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender

_GIVEN_HERE = frozenset({"message", "album", "query", "event", "command", "press", "data", "sender"})


def build_root_router() -> Router:
    commands, presses = _commands(), _presses()
    router = Router(name="muza")
    observers = (
        router.message,
        router.edited_message,
        router.callback_query,
        router.my_chat_member,
        router.stopped_message_generation,
        router.errors,
    )
    for observer in observers:
        observer.middleware(_give_sender)
    router.message.register(strangers.greet, strangers.Stranger())
    # A forwarded command is what somebody else said, not an order to us.
    router.message.register(commands.__call__, F.forward_origin.is_(None), commands.filter())
    router.message.register(hearing.hear, hearing.carries_speech)
    router.message.register(learn.take_file, learn.carries_file)
    router.message.register(conversation.converse)
    router.edited_message.register(edits.brief_edited, edits.carries_brief())
    router.callback_query.register(presses.__call__)
    router.my_chat_member.register(membership.own_membership)
    router.stopped_message_generation.register(cancel.native_stop)
    router.errors.register(errors.answer_error)
    return router


def required_names() -> set[str]:
    """Names that the process must put into handler data: middlewares' values and use cases."""
    router = build_root_router()
    observed = [handler for observer in router.observers.values() for handler in observer.handlers]
    tables: list[CallableObject] = [*_commands().handlers, *_presses().handlers]
    return {name for handler in [*observed, *tables] for name in handler.params} - _GIVEN_HERE - {"self"}


def _commands() -> CommandTable:
    commands = CommandTable()
    for feature in (
        start,
        ideas,
        ask,
        transcribe,
        learn,
        batches,
        queue,
        history,
        kb,
        settings,
        spend,
        status,
        users,
        broadcast,
        budgets,
        halts,
        cancel,
    ):
        feature.add_commands(commands)
    return commands


def _presses() -> PressTable:
    presses = PressTable()
    for feature in (
        review,
        answer_marks,
        recordings,
        minutes,
        learn,
        batches,
        queue,
        history,
        kb,
        kb_presses,
        settings,
        spend,
        digest,
        users,
        undelivered,
        broadcast,
        budget_presses,
        halts,
        strangers,
        fallback,
    ):
        feature.add_presses(presses)
    return presses


async def _give_sender(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    bot: Bot = data["bot"]
    data["sender"] = MessageSender(bot)
    return await handler(event, data)
