"""Whisper as a service of this machine: loaded when it is needed, kept while it is used, unloaded when it rests."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from loguru import logger

from services.domain.errors import AudioTooLong, AudioUnreadable, ModelBusy, ModelRefused, ModelUnavailable
from services.transcription.short_first import ShortFirst
from services.transcription.whisper_process import ProcessEnded, WhisperProcess
from services.transcription.whisper_wire import Setup, Wanted

Status = Literal["resting", "loading", "ready", "failed"]

_LOADING_PATIENCE_SECONDS = 30.0
"""A request waits so long for the model; one that has to be fetched takes longer."""
_LOADING_RETRY_SECONDS = 5.0
_BUSY_RETRY_SECONDS = 5.0
_HEALING_SECONDS = 600.0
"""After which a model that could not be fetched is tried again, when somebody asks for it."""
_MOST_WAITING = 64
_REFUSALS = {error.code: error for error in (AudioTooLong, AudioUnreadable)}


class RequestRefused(ModelRefused):
    """The model is well; this request asks for what it cannot do."""


class WhisperListener:
    """`keep` frames its life: it must run while `listen` is called. `status` "resting": not in memory, and can be."""

    def __init__(
        self,
        setup: Setup,
        turns: ShortFirst,
        *,
        idle_seconds: float | None = None,
        log: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`turns`: shared by all models of this machine. `idle_seconds`: None keeps the model for ever. `log`: file for
        what libraries write."""
        self.name = setup.model
        self.status: Status = "resting"
        self.reason = ""
        self._setup = setup
        self._turns = turns
        self._idle = idle_seconds
        self._log = log
        self._clock = clock
        self._process: WhisperProcess | None = None
        self._wanted = asyncio.Event()
        self._settled = asyncio.Event()
        self._used_at = clock()
        self._busy = False
        self._heals_at: float | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that holds the model."""
        return self._process.pid if self._process else None

    @property
    def waiting(self) -> int:
        return self._turns.waiting

    async def keep(self, *, warm: bool) -> None:
        """Until cancelled. `warm`: load at once, so that the first request need not wait and trouble is known."""
        if warm:
            self._want()
        try:
            while True:
                try:
                    async with asyncio.timeout(self._rest_in()):
                        await self._wanted.wait()
                except TimeoutError:
                    await self._unload_if_idle()
                else:
                    self._wanted.clear()
                    await self._load()
        finally:
            if self._process is not None:
                await self._process.stop()

    async def listen(self, audio: bytes, wanted: Wanted) -> dict[str, Any]:
        """As WhisperModel.transcribe, with `duration` in seconds. Cancelling ends the work soon.

        Raises ModelRefused when the model cannot be had, ModelBusy with `retry_after` while waiting helps,
        ModelUnavailable when it broke over this request; RequestRefused, AudioUnreadable, AudioTooLong.
        """
        self._check()
        if self._turns.waiting >= _MOST_WAITING:
            raise ModelBusy("too many recordings are waiting", retry_after=_BUSY_RETRY_SECONDS)
        async with self._turns.turn(len(audio)):
            self._busy = True  # from here on it is not unloaded
            try:
                process = await self._loaded()
                return _result(await process.listen(audio, wanted))
            except ProcessEnded as error:
                self._process, self.status = None, "resting"
                logger.warning("transcription model {} ended with {} at work", self.name, error)
                raise ModelUnavailable(f"the model ended with {error}") from error
            finally:
                self._busy = False
                self._used_at = self._clock()

    def _check(self) -> None:
        """Raises ModelRefused for a failure that does not heal by itself, or not yet."""
        if self.status == "failed" and (self._heals_at is None or self._clock() < self._heals_at):
            raise ModelRefused(self.reason)

    async def _loaded(self) -> WhisperProcess:
        if self._process is None or not await self._process.is_there():
            self._want()
        try:
            async with asyncio.timeout(_LOADING_PATIENCE_SECONDS):
                await self._settled.wait()
        except TimeoutError as error:
            raise ModelBusy("the model is being loaded", retry_after=_LOADING_RETRY_SECONDS) from error
        if self._process is None:
            raise ModelRefused(self.reason)
        return self._process

    def _want(self) -> None:
        if self.status != "loading":
            self.status = "loading"
            self._settled.clear()
            self._wanted.set()

    def _rest_in(self) -> float | None:
        if self._idle is None or self._process is None:
            return None
        return max(0.0, self._used_at + self._idle - self._clock()) if not self._busy else self._idle

    async def _unload_if_idle(self) -> None:
        if self._busy or self._process is None or self._rest_in():
            return
        process, self._process, self.status = self._process, None, "resting"
        await process.stop()
        logger.info("transcription model {} left the memory", self.name)

    async def _load(self) -> None:
        try:
            process = await WhisperProcess.start(self._setup, self._log)
        except OSError as error:
            self._failed(f"the process for {self.name} cannot be started: {error.strerror}", heals=True)
            return
        try:
            told = await process.first_word()
        except ProcessEnded as error:
            self._failed(f"loading {self.name} ended with {error}: is there memory enough?", heals=True)
            return
        except asyncio.CancelledError:
            await process.stop()
            raise
        if told["said"] == "failed":
            await process.stop()
            self._failed(told["reason"], heals=told["heals"])
            return
        self._process, self._used_at = process, self._clock()
        self.status, self.reason = "ready", ""
        self._settled.set()
        logger.info("transcription model ready: {} on {}", self.name, told["device"])

    def _failed(self, reason: str, *, heals: bool) -> None:
        if reason != self.reason:
            logger.warning("transcription model failed: {}", reason)
        self._process, self.status, self.reason = None, "failed", reason
        self._heals_at = self._clock() + _HEALING_SECONDS if heals else None
        self._settled.set()


def _result(told: dict[str, Any]) -> dict[str, Any]:
    if told["said"] == "heard":
        heard: dict[str, Any] = told["heard"]
        return heard
    if told["said"] == "refused":
        raise _REFUSALS.get(told["code"], RequestRefused)(told["reason"])
    raise ModelUnavailable(f"the model failed: {told['reason']}")
