"""Is what is found ranked anew, and can the model for it be had?"""

from importlib.util import find_spec
from pathlib import Path

import httpx2

from bot.doctor.finding import Finding, ok, warning
from bot.embedded.running import discover
from bot.settings import Settings


async def check_reranking(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    name = settings.rerank_model
    if not name:
        return [ok("rerank_off")]
    running = (await discover(settings)).models_url
    if running:
        return [await _served(running, name, http)]
    if find_spec("sentence_transformers") is None:
        return [warning("rerank_not_installed", model=name)]
    if _is_empty_folder(name):
        return [warning("rerank_failed", model=name, why="no such folder with a model")]
    return [ok("rerank_here", model=name)]


def _is_empty_folder(name: str) -> bool:
    return name.startswith(("/", ".", "~")) and not (Path(name).expanduser() / "config.json").is_file()


async def _served(url: str, name: str, http: httpx2.AsyncClient) -> Finding:
    try:
        cards = (await http.get(f"{url.rstrip('/')}/v1/models")).json()["data"]
        card = next((card for card in cards if card["id"] == name), None)
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        return warning("rerank_failed", model=name, why=type(error).__name__)
    if card is None:
        return warning("rerank_failed", model=name, why="it is not served there")
    if card.get("status") == "failed":
        return warning("rerank_failed", model=name, why=str(card.get("reason")))
    return ok("rerank_here", model=name)
