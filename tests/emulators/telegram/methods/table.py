"""Names of methods to aiogram's models of them and to the code that carries them out."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiogram import methods as api
from aiogram.methods import TelegramMethod

# Any: each handler takes its own method model; the table guarantees that it gets that one.
Handler = Callable[[Any], Awaitable[object]]
Handlers = Mapping[type[TelegramMethod[Any]], Handler]


def known_methods() -> dict[str, type[TelegramMethod[Any]]]:
    """Every method of the Bot API version that aiogram speaks, by lower-case name (Telegram ignores case)."""
    models = [value for value in vars(api).values() if inspect.isclass(value) and issubclass(value, TelegramMethod)]
    return {model.__api_method__.lower(): model for model in models if model is not TelegramMethod}


@dataclass(slots=True)
class MethodTable:
    models: dict[str, type[TelegramMethod[Any]]] = field(default_factory=known_methods)
    _handlers: dict[type[TelegramMethod[Any]], Handler] = field(default_factory=dict)

    def include(self, handlers: Handlers) -> None:
        self._handlers.update(handlers)

    def model(self, name: str) -> type[TelegramMethod[Any]] | None:
        return self.models.get(name.lower())

    def handler(self, model: type[TelegramMethod[Any]]) -> Handler | None:
        return self._handlers.get(model)
