"""What /status asks: is each part there, and if not, what follows."""

from collections.abc import Sequence

from redis.exceptions import RedisError

from bot.container import Container
from services.assistant.report_status import ComponentStatus, Probe
from services.domain.prompt import ModelRole


def build_probes(container: Container) -> Sequence[Probe]:
    async def redis() -> ComponentStatus:
        client = container.adapters.redis
        if client is None:
            return ComponentStatus("redis", False, "absent")
        try:
            await client.ping()
        except (RedisError, OSError):
            return ComponentStatus("redis", False, "away")
        return ComponentStatus("redis", True)

    async def model() -> ComponentStatus:
        routes = container.adapters.routes[ModelRole.SMART]
        if not routes:
            return ComponentStatus("model", False, "not_configured")
        return ComponentStatus("model", True, facts={"model": routes[0].model, "provider": routes[0].chat.provider})

    async def embeddings() -> ComponentStatus:
        retrieval = container.services.retrieval
        code = retrieval.embedding_state
        return ComponentStatus("embeddings", code in ("ready", "off"), code, dict(retrieval.embedding_facts))

    return (redis, model, embeddings)
