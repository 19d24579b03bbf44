"""A reranking model, loaded beside the server, and whether it can be used yet."""

import threading
from collections.abc import Sequence
from typing import Literal, Protocol

from loguru import logger

from services.domain.errors import KnowledgeUnavailable


class RerankingModel(Protocol):
    """What SentenceReranker is."""

    name: str

    def load(self) -> None: ...
    def scores(self, query: str, texts: Sequence[str]) -> list[float]: ...


class LoadedReranker:
    def __init__(self, model: RerankingModel) -> None:
        self.model = model
        self.status: Literal["loading", "ready", "failed"] = "loading"
        self.reason = ""
        self._loader = threading.Thread(target=self._load, name="load-reranker", daemon=True)

    def start(self) -> None:
        """A model that is still being loaded at the end dies with the process."""
        self._loader.start()

    def _load(self) -> None:
        try:
            self.model.load()
        except KnowledgeUnavailable as error:
            self.reason, self.status = str(error), "failed"
            logger.warning("reranking model failed: {}", self.reason)
        except Exception as error:  # noqa: BLE001 - a thread's exception would be lost, and /healthz would say "loading"
            self.reason, self.status = f"{self.model.name}: {type(error).__name__}", "failed"
            logger.exception("reranking model failed")
        else:
            self.status = "ready"
            logger.info("reranking model ready: {}", self.model.name)
