"""From an update to its handler in one look-up.

Walking many routers and filters is the larger part of aiogram's cost, so features do not bring routers: they enter
commands and buttons into two tables that hang on a single router.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.dispatcher.event.handler import CallableObject
from aiogram.filters import Command, CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from loguru import logger

from handlers.errors import explain
from handlers.i18n import Texts
from handlers.press import Press
from services.domain.errors import MuzaError, StaleAction
from services.domain.member import Member

Handler = Callable[..., Awaitable[None]]


class CommandTable:
    def __init__(self) -> None:
        self._handlers: dict[str, CallableObject] = {}

    def add(self, name: str, handler: Handler) -> None:
        self._handlers[name] = CallableObject(handler)

    @property
    def names(self) -> list[str]:
        return list(self._handlers)

    @property
    def handlers(self) -> list[CallableObject]:
        return list(self._handlers.values())

    def filter(self) -> Command:
        return Command(*self._handlers, ignore_case=True)

    async def __call__(self, message: Message, command: CommandObject, **data: Any) -> None:
        await self._handlers[command.command.lower()].call(message=message, command=command, **data)


class PressTable:
    def __init__(self) -> None:
        self._handlers: dict[str, tuple[type[CallbackData], CallableObject]] = {}
        self._open_to_strangers: set[type[CallbackData]] = set()
        self._when_stale: dict[type[CallbackData], CallableObject] = {}

    def add(
        self,
        kind: type[CallbackData],
        handler: Handler,
        *,
        strangers: bool = False,
        when_stale: Handler | None = None,
    ) -> None:
        """`when_stale`: called after the person was told that the buttons are outdated, with the same data."""
        self._handlers[kind.__prefix__] = (kind, CallableObject(handler))
        if strangers:
            self._open_to_strangers.add(kind)
        if when_stale is not None:
            self._when_stale[kind] = CallableObject(when_stale)

    @property
    def handlers(self) -> list[CallableObject]:
        return [*(handler for _, handler in self._handlers.values()), *self._when_stale.values()]

    async def __call__(self, query: CallbackQuery, texts: Texts, member: Member | None = None, **data: Any) -> None:
        """Answers the press exactly once: by the handler, else silently, else with what went wrong."""
        press = Press(query)
        found = self._find(query.data)
        if found is None:
            await press.answer(texts("press.outdated"), alert=True)
            return
        content, handler = found
        if not (member and member.is_active) and type(content) not in self._open_to_strangers:
            await press.answer(texts("press.strangers"), alert=True)
            return
        given = {"press": press, "data": content, "texts": texts, "member": member, **data}
        try:
            await handler.call(**given)
            await press.answer()
        except StaleAction as error:
            await press.answer(explain(error, texts), alert=not error.facts.get("yours"))
            await self._bring_up_to_date(content, given)
        except Exception as error:  # noqa: BLE001 - whatever happens, the person who pressed is told
            await press.answer(explain(error, texts), alert=True)

    async def _bring_up_to_date(self, content: CallbackData, given: dict[str, Any]) -> None:
        refresh = self._when_stale.get(type(content))
        if refresh is None:
            return
        try:
            await refresh.call(**given)
        except MuzaError as error:  # the person has their answer; the next press tries again
            logger.warning("a stale card stays as it is: {}", error.code)

    def _find(self, raw: str | None) -> tuple[CallbackData, CallableObject] | None:
        """None for what no button of ours carries: old releases, forgeries, noise."""
        kind, handler = self._handlers.get((raw or "").partition(":")[0], (None, None))
        if kind is None or handler is None:
            return None
        try:
            return kind.unpack(raw or ""), handler
        except (TypeError, ValueError):
            logger.info("a press with unreadable data, prefix={}", kind.__prefix__)
            return None
