"""Who probes a circuit that was open: one call at a time, whatever the number of processes.

purgatory's own half-open state lets every call through that comes before the first one is back: a provider that has
just recovered would meet the whole crowd.
"""

from collections.abc import Callable
from typing import Any

_GIVE_BACK = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
"""Only its holder gives a probe back: one that ran out may be another's by now."""


class SharedProbes:
    """In Redis, next to purgatory's records; a holder that died loses its probe by expiry."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis

    async def take(self, circuit: str, holder: str, seconds: float) -> bool:
        taken = await self._redis.set(_key(circuit), holder, nx=True, px=max(1, round(seconds * 1000)))
        return bool(taken)

    async def give_back(self, circuit: str, holder: str) -> None:
        await self._redis.eval(_GIVE_BACK, 1, _key(circuit), holder)


class LocalProbes:
    """In this process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    async def take(self, circuit: str, holder: str, seconds: float) -> bool:
        if self._clock() < self._until.get(circuit, 0.0):
            return False
        self._until[circuit] = self._clock() + seconds
        return True

    async def give_back(self, circuit: str, holder: str) -> None:
        self._until.pop(circuit, None)


def _key(circuit: str) -> str:
    return f"cbr::{circuit}::probe"
