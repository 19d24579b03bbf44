"""Who listens, and can they? Found out without loading a model."""

from pathlib import Path

import httpx2

from bot.doctor.finding import Finding, ok, warning
from bot.doctor.language_model import NO_SUCH_ADDRESS, OPENAI
from bot.embedded.models import missing_for_listening
from bot.embedded.running import discover
from bot.model_kinds import TranscriptionKind
from bot.settings import Settings
from bot.transcription import transcription_base_url, transcription_key
from services.transcription.whisper_names import NAMES, SOURCE, folder_with


async def check_transcription(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    """One finding a model, in the order in which they are asked."""
    asked = settings.transcription_models
    if not asked:
        return [ok("transcription_none")]
    return [
        await (_by_api if kind is TranscriptionKind.API else _on_this_machine)(settings, name, http)
        for kind, name in asked
    ]


async def _by_api(settings: Settings, name: str, http: httpx2.AsyncClient) -> Finding:
    base, key = transcription_base_url(settings), transcription_key(settings)
    if base is None and key is None:
        return warning("transcription_no_key", model=name)
    address = f"{(base or OPENAI).rstrip('/')}/models"
    try:
        listing = await http.get(address, headers={"Authorization": f"Bearer {key}"} if key else {})
        if listing.status_code not in NO_SUCH_ADDRESS:  # many servers have no list, and listen all the same
            listing.raise_for_status()
            if name not in {str(model["id"]) for model in listing.json()["data"]}:
                return warning("transcription_api_unknown", model=name, base=base or OPENAI)
    except httpx2.HTTPStatusError as error:
        return warning("transcription_api", model=name, why=f"HTTP {error.response.status_code}")
    except httpx2.HTTPError as error:
        return warning("transcription_api", model=name, why=type(error).__name__)
    except (ValueError, KeyError, TypeError):
        return warning("transcription_api", model=name, why="unexpected answer")
    return ok("transcription_by_api", model=name)


async def _on_this_machine(settings: Settings, name: str, http: httpx2.AsyncClient) -> Finding:
    running = (await discover(settings)).models_url
    if running:
        return await _served(running, name, http)
    if missing := missing_for_listening(settings):
        return warning("transcription_not_installed", model=name, missing=", ".join(missing))
    return await _by_name(settings, name, http) if name in NAMES else _by_path(name)


async def _served(url: str, name: str, http: httpx2.AsyncClient) -> Finding:
    try:
        cards = (await http.get(f"{url.rstrip('/')}/v1/models")).raise_for_status().json()["data"]
        card = next((card for card in cards if card["id"] == name), None)
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        return warning("transcription_silent", why=type(error).__name__)
    if card is None:
        return warning("transcription_not_served", model=name)
    if card["status"] == "failed":
        return warning("transcription_failed", model=name, why=card["reason"])
    if card["status"] == "loading":
        return ok("transcription_loading", model=name)
    return ok("transcription_here", model=name)


def _by_path(name: str) -> Finding:
    if Path(name).expanduser().is_file():
        return ok("transcription_here", model=name)
    return warning("transcription_unknown", model=name)


async def _by_name(settings: Settings, name: str, http: httpx2.AsyncClient) -> Finding:
    if folder_with(name, settings.whisper_folders):
        return ok("transcription_here", model=name)
    try:
        await http.head(SOURCE)
    except httpx2.HTTPError:
        return warning("transcription_unreachable", model=name)
    return ok("transcription_to_download", model=name)
