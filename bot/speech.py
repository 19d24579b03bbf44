"""Who reads answers aloud, as the settings name them."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.settings import Settings
from services.assistant.speak_answer import SpeakAnswer
from services.llm.provider_names import provider_name
from services.speech.call_record import RecordedVoice
from services.speech.openai_voice import OpenAIVoice
from services.speech.pyav_bubble import PyAVBubble
from services.speech.service import SpeechService

if TYPE_CHECKING:
    from bot.container import Container


def speech_base_url(settings: Settings) -> str | None:
    """Of the API; None: OpenAI's own."""
    return settings.speech_base_url or settings.openai_base_url


def speech_providers(settings: Settings) -> list[str]:
    """Of the API that is asked, for the price list."""
    return [provider_name(speech_base_url(settings))] if settings.spoken_model else []


def open_speak_answer(container: "Container", stack: AsyncExitStack) -> SpeakAnswer:
    """Closed by `stack`. Nothing is imported or asked before the first answer is read aloud."""
    adapters, settings = container.adapters, container.settings
    voice = _voice(settings)
    if voice is not None:
        stack.push_async_callback(voice.aclose)
    speech = SpeechService(
        RecordedVoice(voice, adapters.ledger, adapters.prices) if voice is not None else None,
        PyAVBubble(),
        adapters.breaker,
        model=settings.spoken_model or "",
        speaker=settings.speech_voice,
    )
    return SpeakAnswer(adapters.store, adapters.files, speech, adapters.prompts)


def _voice(settings: Settings) -> OpenAIVoice | None:
    base_url = speech_base_url(settings)
    # A key goes to the server it was given for and to no other one.
    key = settings.speech_api_key or (None if settings.speech_base_url else settings.openai_api_key)
    if settings.spoken_model is None or (key is None and base_url is None):
        return None
    return OpenAIVoice(provider_name(base_url), key.get_secret_value() if key else None, base_url)
