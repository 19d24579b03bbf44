"""Does somebody listen? For /status."""

from collections.abc import Sequence

import httpx2

from bot.settings import Settings
from bot.transcription import OWN_PROVIDER
from services.assistant.report_status import ComponentStatus
from services.transcription.listening_route import ListeningRoute

NAME = "transcription"
_TIMEOUT_SECONDS = 2.0


async def transcription_status(settings: Settings, routes: Sequence[ListeningRoute]) -> ComponentStatus:
    """The first model that can listen; "by_fallback" when it is not the one that is preferred. An API is taken at its
    word: asking it would cost money."""
    if not settings.transcription_models:
        return ComponentStatus(NAME, True, "off")
    if not routes:
        return ComponentStatus(NAME, False, "not_configured", {"model": settings.transcription_model})
    states = await _own_states(settings) if any(route.provider == OWN_PROVIDER for route in routes) else {}
    preferred = settings.transcription_models[0][1]
    for route in routes:
        if route.provider != OWN_PROVIDER or states.get(route.model) in ("ready", "resting"):
            is_first = route.model == preferred
            return ComponentStatus(NAME, is_first, "ready" if is_first else "by_fallback", {"model": route.model})
    said = "loading" if states.get(routes[0].model) == "loading" else "unavailable"
    return ComponentStatus(NAME, False, said, {"model": routes[0].model})


async def _own_states(settings: Settings) -> dict[str, str]:
    """By the names of models; empty when our models process does not answer."""
    address = f"{(settings.models_url or '').rstrip('/')}/v1/models"
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as http:
            cards = (await http.get(address)).raise_for_status().json()["data"]
        return {str(card["id"]): str(card["status"]) for card in cards}
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return {}
