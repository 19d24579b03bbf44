"""Who listens, as the settings name them: models of an API, and those of our own models process."""

from contextlib import AsyncExitStack

from bot.model_kinds import TranscriptionKind
from bot.settings import Settings
from services.llm.provider_names import provider_name
from services.transcription.listening_route import ListeningRoute
from services.transcription.openai_listener import OpenAIListener

OWN_PROVIDER = "local"
_OWN_SECONDS_PER_SECOND = 20.0
"""A large model on a small processor takes several times as long as the sound lasts, and others may be before it."""
_OWN_TIMEOUT_SECONDS = 120.0


def transcription_base_url(settings: Settings) -> str | None:
    """Of the API; None: OpenAI's own."""
    return settings.transcription_base_url or settings.openai_base_url


def transcription_key(settings: Settings) -> str | None:
    """For that API. A key goes to the server it was given for and to no other one."""
    key = settings.transcription_api_key or (None if settings.transcription_base_url else settings.openai_api_key)
    return key.get_secret_value() if key else None


def transcription_providers(settings: Settings) -> list[str]:
    """Of the APIs that are asked, for the price list."""
    asks_api = any(kind is TranscriptionKind.API for kind, _ in settings.transcription_models)
    return [provider_name(transcription_base_url(settings))] if asks_api else []


def transcription_routes(settings: Settings, stack: AsyncExitStack) -> tuple[ListeningRoute, ...]:
    """In the order of the settings; without those that cannot be reached: an API with neither key nor address, local
    models where no models process runs. Closed by `stack`."""
    listeners = {TranscriptionKind.API: _api(settings), TranscriptionKind.LOCAL: _own(settings)}
    for listener in listeners.values():
        if listener is not None:
            stack.push_async_callback(listener.aclose)
    reachable = ((name, listeners[kind]) for kind, name in dict.fromkeys(settings.transcription_models))
    return tuple(ListeningRoute(name, listener) for name, listener in reachable if listener is not None)


def _api(settings: Settings) -> OpenAIListener | None:
    base_url, key = transcription_base_url(settings), transcription_key(settings)
    if key is None and base_url is None:
        return None
    return OpenAIListener(provider_name(base_url), key, base_url)


def _own(settings: Settings) -> OpenAIListener | None:
    if settings.models_url is None:
        return None
    return OpenAIListener(
        OWN_PROVIDER,
        None,
        f"{settings.models_url.rstrip('/')}/v1",
        own_server=True,
        timeout_seconds=_OWN_TIMEOUT_SECONDS,
        seconds_per_second=_OWN_SECONDS_PER_SECOND,
    )
