"""Pushing updates to the bot's webhook: in order within a chat, retried with back-off until they expire.

Rules: tdlib/telegram-bot-api, WebhookActor.cpp.
"""

import asyncio
import random
from collections import deque
from dataclasses import dataclass

import httpx

from tests.emulators.telegram.clock import Clock
from tests.emulators.telegram.updates import QueuedUpdate, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_RETRY_AFTER = 3600.0
LONGEST_PAUSE = (60.0, 120.0)
ANSWER_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret_token: str | None = None
    max_connections: int = 40
    ip_address: str | None = None


@dataclass(slots=True)
class LastError:
    date: int
    message: str


class WebhookPusher:
    def __init__(self, updates: UpdateQueue, clock: Clock, generator: random.Random) -> None:
        self._updates = updates
        self._clock = clock
        self._random = generator
        self._lanes: dict[str, deque[QueuedUpdate]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(40)
        self.webhook: Webhook | None = None
        self.last_error: LastError | None = None
        updates.on_added.append(self._enqueue)

    async def run(self, stopped: asyncio.Event) -> None:
        """Pushes until `stopped` is set; belongs to the life of the server."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self.use(self.webhook)
                await stopped.wait()
                raise _Stopped
        except* _Stopped:
            self._tasks = None
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def use(self, webhook: Webhook | None) -> None:
        """Starts to push everything that is queued to this webhook; None stops pushing."""
        self.webhook = webhook
        self._lanes = {}
        self._slots = asyncio.Semaphore(webhook.max_connections if webhook else 1)
        for queued in self._updates.pending():
            self._enqueue(queued)

    def _enqueue(self, queued: QueuedUpdate) -> None:
        if self.webhook is None or self._tasks is None:
            return
        lane = self._lanes.get(queued.key)
        if lane is not None:
            lane.append(queued)
            return
        self._lanes[queued.key] = deque([queued])
        self._tasks.create_task(self._drain(queued.key, self._lanes, self.webhook))

    async def _drain(self, key: str, lanes: dict[str, deque[QueuedUpdate]], webhook: Webhook) -> None:
        """One lane: its head must be accepted or expire before the next one is tried."""
        lane = lanes[key]
        while lane:
            await self._deliver(lane[0], webhook)
            if self.webhook is not webhook:
                return
            lane.popleft()
        del lanes[key]

    async def _deliver(self, queued: QueuedUpdate, webhook: Webhook) -> None:
        attempt = 0
        while self._updates.contains(queued) and self.webhook is webhook:
            async with self._slots:
                pause = await self._push(queued, webhook)
            if pause is None:
                self._updates.confirm(queued)
                return
            longest = self._random.uniform(*LONGEST_PAUSE)
            backoff = 0.0 if attempt == 0 else min(2.0**attempt, longest)
            pause = max(pause, backoff)
            if self._clock.now() + pause >= queued.expires_at:
                self._updates.confirm(queued)
                return
            await self._clock.sleep(pause)
            attempt += 1

    async def _push(self, queued: QueuedUpdate, webhook: Webhook) -> float | None:
        """None when accepted; otherwise the seconds that the receiver asked to wait (0 when it did not say)."""
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=ANSWER_TIMEOUT)
        headers = {"Content-Type": "application/json"}
        if webhook.secret_token:
            headers[SECRET_HEADER] = webhook.secret_token
        try:
            response = await self._client.post(webhook.url, content=queued.body, headers=headers)
        except httpx.HTTPError as error:
            self._failed(f"Connection failed: {type(error).__name__}")
            return 0.0
        if response.is_success:
            return None
        self._failed(f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}")
        asked = response.headers.get("Retry-After", "")
        return min(float(asked), MAX_RETRY_AFTER) if asked.isdecimal() else 0.0

    def _failed(self, message: str) -> None:
        self.last_error = LastError(int(self._clock.now()), message)


class _Stopped(Exception):
    """Ends the task group together with pushes that still wait for their back-off."""
