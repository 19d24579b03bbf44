"""The shared clock of all processes: one atomic script in Redis a call, on the server's time."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from services.delivery.call_history import CallHistory
from services.delivery.limiter_scripts import ASK, EXPECT, FREEZE, FROZEN, GREET, SHIFT
from services.delivery.limits import Limits, Terms
from services.delivery.ports import Priority, Slot
from services.delivery.queued_limiter import EXPECTED_SECONDS, Answer, QueuedLimiter, Verdict
from services.delivery.redis_client import CancellableRedis

MICROSECONDS = 1_000_000
STRANGER = 3
SETTLING_SECONDS = 1.5
"""After Redis was found empty nobody speaks: longer than a window over all chats, and every process looks in meanwhile
(`GUARD_SECONDS`) and puts back what it remembers."""
GUARD_SECONDS = 0.5
CAUTION_SECONDS = 3.5
"""After a process came back to Redis others may still pace themselves: the shared pace is halved so long."""
EVERYBODY = "all"

Script = Callable[..., Awaitable[Any]]


class RedisRateLimiter(QueuedLimiter):
    """Raises redis.RedisError (and OSError) when Redis does not answer: FallbackRateLimiter knows what to do then.

    `clock`: seconds, instead of the server's clock; only for rehearsals of hours in seconds.
    """

    def __init__(
        self,
        client: Redis,
        limits: Limits | None = None,
        *,
        history: CallHistory | None = None,
        namespace: str = "muza",
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(limits or Limits(), history)
        self._client = client
        self._prefix = f"{{{namespace}:rate}}"  # braces: one hash slot in a cluster, so that the script may touch all
        self._clock = clock
        self._scripts = {text: client.register_script(text) for text in (ASK, SHIFT, FREEZE, FROZEN, EXPECT, GREET)}
        self._epoch = ""
        self._was_away = False

    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms, name: str) -> Answer:
        limits, keys = self._limits, ["all", "pace", "caution", *(f"{kind}:{chat_id}" for kind in PER_CHAT)]
        durations = (
            conditions.gap, conditions.horizon, limits.catch_up, limits.closest, limits.window,
            conditions.chat_window, conditions.spacing, conditions.preview_period, conditions.draft_period,
        )  # fmt: skip
        gap, horizon, catch_up, closest, window, chat_window, spacing, preview, draft = map(_microseconds, durations)
        arguments = [
            chat_id, name, gap, horizon, catch_up, closest, limits.calls, window,
            conditions.chat_calls, conditions.kept, chat_window, spacing, preview, draft,
        ]  # fmt: skip
        asked = asyncio.get_running_loop().time()
        told = await self._run(ASK, keys, arguments)
        answer = Answer(Verdict(told[0]), int(told[1]) / MICROSECONDS)
        if answer.verdict is Verdict.GRANTED and priority is not Priority.DRAFT:
            self.history.take(chat_id, asked + answer.wait, name)
        return answer

    async def _shift(self, slot: Slot, late: float) -> None:
        await super()._shift(slot, late)
        await self._run(SHIFT, ["all", f"chat:{slot.chat_id}"], [slot.name, _microseconds(late)])

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        await super().freeze(chat_id, seconds)
        await self._run(FREEZE, [], [EVERYBODY if chat_id is None else chat_id, _microseconds(seconds)])

    async def frozen_for(self, chat_id: int) -> float:
        told = await self._run(FROZEN, [], [chat_id])
        return max(int(told[1]) / MICROSECONDS, await super().frozen_for(chat_id))

    async def expect_final(self, chat_id: int) -> None:
        await super().expect_final(chat_id)
        await self._run(EXPECT, [f"expected:{chat_id}"], [_microseconds(EXPECTED_SECONDS)])

    async def greet(self) -> None:
        """Learn the penalties that others know, and put back what an emptied Redis has forgotten."""
        told = await self._run(GREET, [], [])
        now = asyncio.get_running_loop().time()
        for chat, until in zip(told[4::2], told[5::2], strict=True):
            left = (float(until) - int(told[2])) / MICROSECONDS
            self.history.freeze(None if _text(chat) == EVERYBODY else int(chat), now + left)
        self.history.forget(now)

    async def guard(self) -> None:
        """Until cancelled: notice within half a second that Redis was emptied, even when this process has no calls."""
        task = asyncio.current_task()
        while task is not None and not task.cancelling():  # the client may lose a cancellation in the middle of a call
            try:
                await self.greet()
            except (RedisError, OSError):
                self._was_away = True  # who asks next says so in the log
            await asyncio.sleep(0 if task.cancelling() else GUARD_SECONDS)

    async def _run(self, text: str, keys: list[str], arguments: list[Any]) -> list[Any]:
        """Everything it needs is remembered before: a stranger is sent away, introduces itself and asks again."""
        names = [f"{self._prefix}:{key}" for key in ("epoch", "frozen", *keys)]
        while True:
            begins = secrets.token_hex(8)
            began = asyncio.get_running_loop().time()
            if self.history.is_ahead:  # it paced itself meanwhile, and must introduce itself again
                self._epoch, self._was_away, self.history.is_ahead = "", True, False
            common: list[Any] = [self._now(), self._epoch, begins, _microseconds(SETTLING_SECONDS)]
            try:
                told: list[Any] = await self._scripts[text](keys=names, args=[*common, *arguments])
                if int(told[0]) != STRANGER:
                    return told
                await self._introduce(int(told[2]) - began * MICROSECONDS, int(told[2]))
            except (RedisError, OSError):
                self._epoch = ""
                self._was_away = True
                raise
            self._epoch = _text(told[3])

    async def _introduce(self, ahead: float, now: int) -> None:
        """`ahead`: microseconds by which the server's clock is ahead of the loop's. What is there already stays."""
        here = now - ahead
        async with self._client.pipeline(transaction=False) as pipe:
            for chat_id, until in self.history.penalties(here / MICROSECONDS):
                chat = EVERYBODY if chat_id is None else str(chat_id)
                pipe.zadd(f"{self._prefix}:frozen", {chat: round(until * MICROSECONDS + ahead)}, gt=True)
            for chat_id, taken in self.history.recent(here / MICROSECONDS):
                key, moment = f"{self._prefix}:chat:{chat_id}", round(taken.at * MICROSECONDS + ahead)
                pipe.zadd(key, {taken.name: moment}, gt=True)
                pipe.pexpire(key, round(self.history.memory * 2000))
                if taken.at * MICROSECONDS > here - MICROSECONDS:
                    pipe.zadd(f"{self._prefix}:all", {taken.name: moment}, gt=True)
            if self._was_away:
                until = now + _microseconds(CAUTION_SECONDS)
                pipe.set(f"{self._prefix}:caution", until, px=round(CAUTION_SECONDS * 1000) + 60_000)
                self._was_away = False
            if len(pipe):
                await pipe.execute()

    def _now(self) -> int:
        """0: the server looks at its own clock."""
        return 0 if self._clock is None else max(1, _microseconds(self._clock()))

    async def aclose(self) -> None:
        await self._client.aclose()


PER_CHAT = ("chat", "preview", "expected", "draft")


def open_redis(url: str) -> Redis:
    """A client that fails fast: nobody's message waits for a Redis that hangs. One retry for a connection that a
    restarted Redis has forgotten (a slot taken twice does no harm)."""
    once_more = Retry(NoBackoff(), retries=1, supported_errors=(RedisConnectionError,))
    options: dict[str, Any] = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": once_more}
    return CancellableRedis.from_url(url, **options)


def _microseconds(seconds: float) -> int:
    return round(seconds * MICROSECONDS)


def _text(word: bytes | str) -> str:
    return word.decode() if isinstance(word, bytes) else word
