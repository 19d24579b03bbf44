"""Finding the servers of a `muza run` on the same DATA_DIR, for a command started beside it."""

from bot.embedded import chroma, models, valkey
from bot.embedded.probe import http_answers, redis_answers
from bot.embedded.service import read_record
from bot.settings import Settings


async def _redis_at(url: str) -> bool:
    return await redis_answers(valkey.path_of(url))


async def _chroma_at(url: str) -> bool:
    return await http_answers(chroma.heartbeat_url(url))


async def _models_at(url: str) -> bool:
    return await http_answers(models.health_url(url))


PROBES = {valkey.NAME: _redis_at, chroma.NAME: _chroma_at, models.NAME: _models_at}


async def discover(settings: Settings) -> Settings:
    """`settings` with the URLs of the embedded servers that answer now; configured URLs stay, the rest remain None."""
    found: dict[str, str] = {}
    for name, answers in PROBES.items():
        if getattr(settings, f"{name}_url"):
            continue
        url = read_record(settings, name)
        if url and await answers(url):
            found[f"{name}_url"] = url
    return settings.model_copy(update=found)
