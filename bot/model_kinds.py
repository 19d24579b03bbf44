"""Where models are, by the form of their names in the settings."""

from enum import StrEnum


class EmbeddingKind(StrEnum):
    """Where vectors come from, by the form of EMBEDDING_MODEL."""

    NONE = "none"
    """Keyword search alone."""
    API = "openai"
    """`openai:<model>`: an embeddings API of the provider."""
    BUNDLED = "bundled"
    """The small English model that a package of the extra `local` carries."""
    LOCAL = "local"
    """A sentence-transformers name or folder, served by `muza models`."""


class TranscriptionKind(StrEnum):
    """Who listens, by the form of TRANSCRIPTION_MODEL or of a fallback."""

    NONE = "none"
    API = "openai"
    """`openai:<model>`: the transcription API of a provider."""
    LOCAL = "local"
    """An openai-whisper name or a checkpoint's path, served by `muza models`."""
