"""What a models process serves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model_kinds import EmbeddingKind, TranscriptionKind
from bot.models.loaded_model import LoadedModel
from bot.models.loaded_reranker import LoadedReranker
from bot.settings import Settings
from services.transcription.short_first import ShortFirst
from services.transcription.whisper_listener import WhisperListener
from services.transcription.whisper_wire import LADDER, Setup


@dataclass(frozen=True, slots=True)
class Served:
    """Any may be absent; what happens to one does not concern the other."""

    embedding: LoadedModel | None = None
    listeners: Mapping[str, WhisperListener] = field(default_factory=dict)
    """By the names of their models."""
    reranker: LoadedReranker | None = None
    warm: frozenset[str] = frozenset()
    """Which of them are loaded at start."""

    @property
    def is_empty(self) -> bool:
        return self.embedding is None and self.reranker is None and not self.listeners


def local_models(settings: Settings) -> Served:
    """What the settings want from this machine. Nothing is loaded yet."""
    asked = settings.transcription_models
    names = list(dict.fromkeys(name for kind, name in asked if kind is TranscriptionKind.LOCAL))
    turns = ShortFirst()  # two at once on the same cores would both take twice as long
    return Served(
        _embedding(settings),
        {name: _listener(settings, name, turns) for name in names},
        _reranker(settings),
        # A fallback is loaded when it is needed: it takes memory, and most days nobody asks for it.
        frozenset(names[:1]) if asked and asked[0][0] is TranscriptionKind.LOCAL else frozenset(),
    )


def _embedding(settings: Settings) -> LoadedModel | None:
    from services.retrieval.sentence_embedder import SentenceEmbedder

    if settings.embedding_kind not in (EmbeddingKind.BUNDLED, EmbeddingKind.LOCAL):
        return None
    return LoadedModel(SentenceEmbedder(settings.embedding_model))


def _reranker(settings: Settings) -> LoadedReranker | None:
    from services.retrieval.sentence_reranker import SentenceReranker

    return LoadedReranker(SentenceReranker(settings.rerank_model)) if settings.rerank_model else None


def _listener(settings: Settings, name: str, turns: ShortFirst) -> WhisperListener:
    folders = tuple(str(folder) for folder in settings.whisper_folders)
    idle = settings.transcription_idle_minutes * 60.0 or None
    settings.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = settings.run_dir / "whisper.log"
    return WhisperListener(Setup(name, folders, LADDER), turns, idle_seconds=idle, log=log)
