"""An embedding model that is not asked twice about the same words."""

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256

from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.ports import BatchEmbedder

MOST_VECTORS = 2_000
"""12 MB at 1,536 dimensions of 4 bytes."""


class RememberingEmbedder:
    """Vectors of queries are kept by model and text, in this process, the most recently used; the texts are not.
    Passages are embedded once anyway."""

    def __init__(self, embedder: BatchEmbedder, most: int = MOST_VECTORS) -> None:
        self._embedder = embedder
        self._most = most
        self._known: OrderedDict[bytes, array[float]] = OrderedDict()

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def languages(self) -> frozenset[Language]:
        return self._embedder.languages

    @property
    def floor(self) -> float:
        return self._embedder.floor

    async def warm_up(self) -> None:
        await self._embedder.warm_up()

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        known = self._recall(text)
        if known is not None:
            return known
        return self._keep(text, await self._embedder.embed_query(text, context))

    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        found = {text: known for text in texts if (known := self._recall(text)) is not None}
        unknown = [text for text in dict.fromkeys(texts) if text not in found]
        if unknown:
            vectors = await self._embedder.embed_queries(unknown, context)
            found |= {text: self._keep(text, vector) for text, vector in zip(unknown, vectors, strict=True)}
        return [found[text] for text in texts]

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        return await self._embedder.embed_passages(texts, context)

    def _recall(self, text: str) -> list[float] | None:
        key = self._key(text)
        vector = self._known.get(key)
        if vector is None:
            return None
        self._known.move_to_end(key)
        return vector.tolist()

    def _keep(self, text: str, vector: Sequence[float]) -> list[float]:
        """The vector as it will be remembered: the same words get the same numbers every time."""
        kept = array("f", vector)
        self._known[self._key(text)] = kept
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return kept.tolist()

    def _key(self, text: str) -> bytes:
        return sha256(f"{self._embedder.model}\0{text}".encode("utf-8", "surrogatepass")).digest()
