"""Can the embedding model be had? Found out without loading it."""

import asyncio
from pathlib import Path

import httpx2

from bot.doctor.finding import Finding, ok, warning
from bot.doctor.language_model import api_base, authorization
from bot.embedded.models import health_url, missing_packages
from bot.embedded.running import discover
from bot.model_kinds import EmbeddingKind
from bot.settings import Settings


async def check_embedding(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    name, kind = settings.embedding_model, settings.embedding_kind
    if kind is EmbeddingKind.NONE:
        return [ok("embedding_none")]
    if kind is EmbeddingKind.API:
        return [await _by_api(settings, http)]
    running = (await discover(settings)).models_url
    if running:
        return [await _served(running, name, http)]
    if missing := missing_packages(settings):
        return [warning("embedding_not_installed", model=name, missing=", ".join(missing))]
    if kind is EmbeddingKind.BUNDLED or _is_model_folder(name):
        return [ok("embedding_here", model=name)]
    return [await _from_hub(name, http)]


def _is_model_folder(name: str) -> bool:
    return (Path(name).expanduser() / "modules.json").is_file()


async def _by_api(settings: Settings, http: httpx2.AsyncClient) -> Finding:
    name = settings.embedding_model.removeprefix("openai:")
    try:
        answer = await http.post(
            f"{api_base(settings)}/embeddings", json={"model": name, "input": "ping"}, headers=authorization(settings)
        )
        answer.raise_for_status()
    except httpx2.HTTPStatusError as error:
        return warning("embedding_api", model=name, why=f"HTTP {error.response.status_code}")
    except httpx2.HTTPError as error:
        return warning("embedding_api", model=name, why=type(error).__name__)
    return ok("embedding_here", model=name)


async def _served(url: str, name: str, http: httpx2.AsyncClient) -> Finding:
    try:
        (await http.get(health_url(url))).raise_for_status()
        listing = await http.get(f"{url.rstrip('/')}/v1/models")
    except httpx2.HTTPError as error:
        return warning("models_unreachable", why=type(error).__name__)
    if (reason := _failure(listing, name)) is not None:
        return warning("embedding_failed", model=name, why=reason)
    return ok("embedding_here", model=name)


def _failure(listing: httpx2.Response, name: str) -> str | None:
    """The process may be well and this model not."""
    try:
        cards = listing.json()["data"]
        return next((str(card["reason"]) for card in cards if card["id"] == name and card["status"] == "failed"), None)
    except (ValueError, KeyError, TypeError):
        return None  # another server than ours


async def _from_hub(name: str, http: httpx2.AsyncClient) -> Finding:
    from huggingface_hub import constants, try_to_load_from_cache

    # sentence-transformers looks for a name without an owner among its own models.
    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        cached = await asyncio.to_thread(try_to_load_from_cache, repository, "modules.json")
        if isinstance(cached, str):
            return ok("embedding_here", model=name)
        address = f"{constants.ENDPOINT}/{repository}/resolve/main/modules.json"
        answer = await http.head(address, follow_redirects=True)
    except ValueError:
        return warning("embedding_unknown", model=name)
    except httpx2.HTTPError:
        return warning("embedding_unreachable", model=name)
    return ok("embedding_to_download", model=name) if answer.is_success else warning("embedding_unknown", model=name)
