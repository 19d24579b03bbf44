"""An embedding model, its thread, and whether it can be used yet."""

import threading
from collections.abc import Callable
from typing import Literal, Protocol

from loguru import logger

from services.domain.errors import KnowledgeUnavailable
from services.domain.language import Language
from services.retrieval.embedding_lanes import EmbeddingLanes, Encoder

Status = Literal["loading", "ready", "failed"]


class EmbeddingModel(Encoder, Protocol):
    """What SentenceEmbedder is."""

    name: str

    @property
    def languages(self) -> frozenset[Language]: ...
    @property
    def floor(self) -> float: ...
    @property
    def dimensions(self) -> int: ...
    def load(self) -> None: ...


class LoadedModel:
    def __init__(self, model: EmbeddingModel) -> None:
        self.model = model
        self.status: Status = "loading"
        self.reason = ""
        self.lanes = EmbeddingLanes(model)
        self._loader = threading.Thread(target=self._load, name="load-model", daemon=True)
        self._when_loaded: Callable[[], None] = _nothing

    def start(self, when_loaded: Callable[[], None] | None = None) -> None:
        """`when_loaded` is called in another thread, also when the model cannot be had."""
        self._when_loaded = when_loaded or _nothing
        self._loader.start()

    def stop(self) -> None:
        """A model that is still being loaded is left to die with the process."""
        if self.status == "ready":
            self.lanes.stop()

    def _load(self) -> None:
        try:
            self._try_to_load()
        finally:
            self._when_loaded()

    def _try_to_load(self) -> None:
        try:
            self.model.load()
        except KnowledgeUnavailable as error:
            self.reason, self.status = str(error), "failed"
            logger.warning("embedding model failed: {}", self.reason)
            return
        except Exception as error:  # noqa: BLE001 - a thread's exception would be lost, and /healthz would say "loading"
            self.reason, self.status = f"{self.model.name}: {type(error).__name__}", "failed"
            logger.exception("embedding model failed")
            return
        self.lanes.start()
        self.status = "ready"
        languages = ",".join(sorted(self.model.languages)) or "none"
        logger.info("embedding model ready: {} languages={}", self.model.name, languages)


def _nothing() -> None:
    """Nobody wants to know."""
