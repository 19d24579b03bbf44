"""A cross-encoder of sentence-transformers, in this process: only `muza models` uses it."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.domain.errors import KnowledgeUnavailable

_BATCH = 8
_LONGEST_TOKENS = 512
"""Of question and passage together: what most cross-encoders were trained with, and a bound on the time they take."""


class SentenceReranker:
    """One question at a time: two on the same cores would both take twice as long."""

    def __init__(self, name_or_path: str) -> None:
        """A name on the Hugging Face hub, or a folder. Nothing is loaded yet."""
        self.name = name_or_path
        self._model: Any = None
        self._turn = threading.Lock()

    def load(self) -> None:
        """Takes seconds, or minutes for a model that has to be fetched. Raises KnowledgeUnavailable with a reason that
        an operator can act on."""
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise KnowledgeUnavailable(
                "sentence-transformers is not installed: the extra `local` is missing"
            ) from error
        try:
            model = self._from_disk(CrossEncoder) or CrossEncoder(self.name, device="cpu")
        except Exception as error:
            raise KnowledgeUnavailable(
                f"the reranking model {self.name} could not be loaded ({type(error).__name__}): set RERANK_MODEL to a "
                "folder with a cross-encoder, or leave it empty"
            ) from error
        model.max_seq_length = min(int(model.max_seq_length or _LONGEST_TOKENS), _LONGEST_TOKENS)
        self._model = model

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """One a text: how well it answers the question, comparable within one call. Blocks for tens of milliseconds a
        text."""
        with self._turn:
            found = self._model.predict(
                [(query, text) for text in texts], batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True
            )
        return [float(score) for score in found]

    def _from_disk(self, encoder: Any) -> Any:
        """What is on disk is used without asking the hub whether it changed."""
        try:
            return encoder(self.name, device="cpu", local_files_only=True)
        except Exception:
            if Path(self.name).is_dir():
                raise
            return None
