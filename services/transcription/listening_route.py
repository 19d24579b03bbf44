"""Who listens: a model at a provider."""

from dataclasses import dataclass

from services.transcription.ports import SpeechToText


@dataclass(frozen=True, slots=True)
class ListeningRoute:
    model: str
    listener: SpeechToText

    @property
    def provider(self) -> str:
        return self.listener.provider

    @property
    def circuit(self) -> str:
        """Apart from the circuits of language models: a provider's ears can fail while it goes on writing."""
        return f"listening/{self.provider}/{self.model}"
