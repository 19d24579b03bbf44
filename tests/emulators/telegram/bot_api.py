"""One call of the Bot API from its parameters to its answer: validation, limits, faults, the method, the journal."""

import time
from dataclasses import dataclass
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import TelegramObject
from pydantic_core import to_json

from tests.emulators.telegram.addressing import normal_chat_id
from tests.emulators.telegram.clock import Clock
from tests.emulators.telegram.errors import ApiError, not_emulated, too_many_requests
from tests.emulators.telegram.faults import Fault, FaultPlan
from tests.emulators.telegram.journal import Call, Journal
from tests.emulators.telegram.limits import LimitKeeper
from tests.emulators.telegram.methods.table import MethodTable
from tests.emulators.telegram.parameters import Parameters, build_call, chat_id_of
from tests.emulators.telegram.updates import QueuedUpdate

BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    media_type: str = "application/json"


class ConnectionCut(Exception):
    """The caller gets no answer at all: its connection is closed."""


class BotApi:
    def __init__(
        self, clock: Clock, table: MethodTable, limits: LimitKeeper, faults: FaultPlan, journal: Journal
    ) -> None:
        self._clock = clock
        self._table = table
        self._limits = limits
        self._faults = faults
        self._journal = journal

    async def call(self, name: str, parameters: Parameters) -> Answer:
        """Raises ConnectionCut where a fault says so."""
        model = self._table.model(name)
        if model is None:
            return _failure(ApiError(404, "Not Found: method not found"))
        method, chat_id = model.__api_method__, chat_id_of(parameters)
        arrived = time.monotonic()
        fault = self._faults.strike(method, chat_id)
        struck = fault.kind if fault is not None else None
        call: TelegramMethod[Any] | None = None
        try:
            answer = await self._before(fault)
            if answer is None:
                call = build_call(model, parameters)
                if isinstance(getattr(call, "chat_id", None), str):
                    call = call.model_copy(update={"chat_id": normal_chat_id(call.chat_id)})  # type: ignore[attr-defined]
                self._limits.admit(method, chat_id, _messages_in(call))
                answer = await self._carry_out(model, call)
        except ApiError as refusal:
            self._journal.record(
                Call(
                    method,
                    chat_id,
                    refusal.code,
                    refusal.description,
                    call,
                    arrived=arrived,
                    retry_after=refusal.retry_after,
                    fault=struck,
                )
            )
            return _failure(refusal)
        except ConnectionCut:
            self._journal.record(Call(method, chat_id, 0, "dropped", call, arrived=arrived, fault=struck))
            raise
        if fault is not None and fault.kind == "lost_answer":
            self._journal.record(Call(method, chat_id, 0, "lost_answer", call, arrived=arrived, fault=struck))
            raise ConnectionCut
        self._journal.record(Call(method, chat_id, answer.status, None, call, arrived=arrived, fault=struck))
        return answer

    async def _before(self, fault: Fault | None) -> Answer | None:
        """Faults that strike before anything is applied."""
        if fault is None:
            return None
        if fault.kind == "too_many_requests":
            raise too_many_requests(self._faults.penalty(fault))
        if fault.kind == "server_error":
            raise ApiError(500, "Internal Server Error: restart")
        if fault.kind == "bad_gateway":
            return Answer(502, BAD_GATEWAY, "text/html")
        if fault.kind == "dropped":
            raise ConnectionCut
        if fault.kind == "delay":
            await self._clock.sleep(fault.seconds)
        return None

    async def _carry_out(self, model: type[TelegramMethod[Any]], call: TelegramMethod[Any]) -> Answer:
        handler = self._table.handler(model)
        if handler is None:
            raise not_emulated(model.__api_method__)
        result = await handler(call)
        return Answer(200, b'{"ok":true,"result":' + as_json(result) + b"}")


def as_json(result: object) -> bytes:
    """A result as Telegram writes it: fields without a value are absent."""
    if isinstance(result, QueuedUpdate):
        return result.body
    if isinstance(result, TelegramObject):
        return result.model_dump_json(by_alias=True, exclude_none=True, exclude_unset=True).encode()
    if isinstance(result, list):
        return b"[" + b",".join(as_json(item) for item in result) + b"]"
    return to_json(result)


def _messages_in(call: TelegramMethod[Any]) -> int:
    """An album is as many messages as it holds."""
    media = getattr(call, "media", None)
    return len(media) if isinstance(media, list) else 1


def _failure(refusal: ApiError) -> Answer:
    return Answer(refusal.code, to_json(refusal.body()))
