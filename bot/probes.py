"""What /status asks: is each part there, and if not, what follows."""

from collections.abc import Sequence

from redis.exceptions import RedisError

from bot.container import Container
from bot.intake.state import PollerHealth, PollerState
from bot.transcription_probe import transcription_status
from services.assistant.report_status import ComponentStatus, Probe
from services.domain.language import Language
from services.domain.prompt import ModelRole


class Probes:
    """Methods are named like their components. `poller` is read when it is asked: with webhooks it stays idle."""

    def __init__(self, container: Container, poller: PollerState) -> None:
        self._settings = container.settings
        self._adapters = container.adapters
        self._retrieval = container.services.retrieval
        self._alike = container.services.alike
        self._poller = poller

    def all(self) -> Sequence[Probe]:
        return (self.polling, self.model, self.embeddings, self.vectors, self.transcription, self.cache, self.redis)

    async def redis(self) -> ComponentStatus:
        client = self._adapters.redis
        if client is None:
            return ComponentStatus("redis", False, "absent")
        try:
            await client.ping()
        except (RedisError, OSError):
            return ComponentStatus("redis", False, "away")
        return ComponentStatus("redis", True)

    async def model(self) -> ComponentStatus:
        routes = self._adapters.routes[ModelRole.SMART]
        if not routes:
            return ComponentStatus("model", False, "not_configured")
        return ComponentStatus("model", True, facts={"model": routes[0].model, "provider": routes[0].chat.provider})

    async def embeddings(self) -> ComponentStatus:
        code = self._retrieval.embedding_state
        return ComponentStatus("embeddings", code in ("ready", "off"), code, dict(self._retrieval.embedding_facts))

    async def vectors(self) -> ComponentStatus:
        if self._adapters.vectors is None:
            return ComponentStatus("vectors", True, "off")
        await self._adapters.vectors.ping()
        return ComponentStatus("vectors", True)

    async def transcription(self) -> ComponentStatus:
        return await transcription_status(self._settings, self._adapters.listening)

    async def cache(self) -> ComponentStatus:
        """Which briefs are answered with a draft that is there already."""
        if not self._settings.cache_hours:
            return ComponentStatus("cache", True, "off")
        state = self._alike.state
        if not state.alike:
            return ComponentStatus("cache", True, "cache_exact", dict(state.facts))
        code = "cache_alike" if state.alike == frozenset(Language) else f"cache_alike_{min(state.alike).value}"
        return ComponentStatus("cache", True, code, dict(state.facts))

    async def polling(self) -> ComponentStatus:
        shown = self._poller.shown
        if shown is PollerHealth.IDLE:
            return ComponentStatus("polling", True, "off")
        return ComponentStatus("polling", shown is PollerHealth.OK, shown.value)
