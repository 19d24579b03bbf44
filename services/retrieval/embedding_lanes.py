"""One thread that owns an embedding model, and two lanes of work for it: queries first, then passages in small batches.

A person who asks waits for at most one batch of an indexing run. Requests that arrive together are encoded together,
texts of a request in the order of their lengths: a batch is padded to its longest, and padding is computed like text.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.domain.errors import KnowledgeUnavailable
from services.retrieval.sentence_embedder import InputType

_QUERY_BATCH = 16
_BULK_BATCH = 8
_QUERY_PATIENCE_SECONDS = 10.0
"""Nobody waits longer for a query's vector: the search has long been answered by its other leg."""
_STOP_SECONDS = 1.0
_MOST_WAITING = 20_000
"""Texts; beyond it the server says that it is busy rather than fill the memory."""


class Encoder(Protocol):
    def encode(self, texts: Sequence[str], input_type: InputType | None) -> Any: ...


@dataclass(eq=False)
class _Request:
    texts: Sequence[str]
    input_type: InputType | None
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[list[Any]]"
    urgent: bool
    since: float = field(default_factory=time.monotonic)
    rows: dict[int, Any] = field(default_factory=dict)
    """By place in `texts`."""

    def __post_init__(self) -> None:
        self._by_length = sorted(range(len(self.texts)), key=lambda place: -len(self.texts[place]))

    @property
    def waiting(self) -> int:
        return len(self.texts) - len(self.rows)

    def next(self, most: int) -> list[int]:
        """Places of the texts that come next."""
        return self._by_length[len(self.rows) : len(self.rows) + most]

    def answered(self) -> list[Any]:
        return [self.rows[place] for place in range(len(self.texts))]


class Overloaded(KnowledgeUnavailable):
    pass


class EmbeddingLanes:
    """`start` and `stop` frame its thread; `embed` is called from event loops."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._queries: deque[_Request] = deque()
        self._bulk: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="embedding", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Requests that still wait fail with KnowledgeUnavailable; a batch that takes long is left to die with the
        process."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(_STOP_SECONDS)

    @property
    def stopping(self) -> bool:
        return self._stopping

    @property
    def waiting(self) -> int:
        """Texts in both lanes."""
        with self._changed:
            return sum(request.waiting for lane in (self._queries, self._bulk) for request in lane)

    async def embed(self, texts: Sequence[str], input_type: InputType | None) -> list[Any]:
        """Rows of float32 in the order of `texts`. A single text without a type counts as a query.

        Raises Overloaded; KnowledgeUnavailable when the model fails.
        """
        if not texts:
            return []
        if self.waiting + len(texts) > _MOST_WAITING:
            raise Overloaded("too much text is waiting for the embedding model")
        loop = asyncio.get_running_loop()
        urgent = input_type == "query" or (input_type is None and len(texts) == 1)
        request = _Request(texts, input_type, loop, loop.create_future(), urgent)
        with self._changed:
            if self._stopping:
                raise KnowledgeUnavailable("the embedding model is being stopped")
            (self._queries if urgent else self._bulk).append(request)
            self._changed.notify()
        return await request.answer

    def _work(self) -> None:
        while (batch := self._next()) is not None:
            self._encode(batch)

    def _next(self) -> list[_Request] | None:
        """Requests of one type whose next texts make up a batch; None: it is time to stop."""
        with self._changed:
            while True:
                self._drop_dead()
                if self._stopping:
                    self._fail([*self._queries, *self._bulk], "the embedding model is being stopped")
                    return None
                lane = self._queries or self._bulk
                if lane:
                    return self._together(lane)
                self._changed.wait()

    def _together(self, lane: deque[_Request]) -> list[_Request]:
        """From the lane's head: what has the same type and fits. Requests stay in their lane until they are done."""
        most = _QUERY_BATCH if lane is self._queries else _BULK_BATCH
        taken: list[_Request] = []
        for request in lane:
            if taken and (request.input_type != taken[0].input_type or sum(r.waiting for r in taken) >= most):
                break
            taken.append(request)
        return taken

    def _drop_dead(self) -> None:
        oldest = time.monotonic() - _QUERY_PATIENCE_SECONDS
        late = [request for request in self._queries if request.since < oldest]
        self._fail(late, "the embedding model is too busy for this query")
        for lane in (self._queries, self._bulk):
            gone = [request for request in lane if request.answer.done() or request in late]
            for request in gone:
                lane.remove(request)

    def _encode(self, batch: Sequence[_Request]) -> None:
        room = _QUERY_BATCH if batch[0].urgent else _BULK_BATCH
        texts: list[str] = []
        owners: list[tuple[_Request, int]] = []
        for request in batch:
            places = request.next(room - len(texts))
            texts += [request.texts[place] for place in places]
            owners += [(request, place) for place in places]
        try:
            rows = self._encoder.encode(texts, batch[0].input_type)
        except Exception as error:  # noqa: BLE001 - whatever the model raises, the request gets its answer
            self._finish(batch)
            self._fail(batch, f"the embedding model failed: {type(error).__name__}")
            return
        for (request, place), row in zip(owners, rows, strict=True):
            request.rows[place] = row
        self._finish([request for request in batch if not request.waiting])

    def _finish(self, requests: Sequence[_Request]) -> None:
        with self._changed:
            for request in requests:
                (self._queries if request.urgent else self._bulk).remove(request)
        for request in requests:
            if not request.waiting:
                rows = request.answered()
                _tell(request, lambda future, rows=rows: future.set_result(rows))

    def _fail(self, requests: Sequence[_Request], reason: str) -> None:
        for request in requests:
            _tell(request, lambda future: future.set_exception(KnowledgeUnavailable(reason)))


def _tell(request: _Request, settle: Any) -> None:
    def on_its_loop() -> None:
        if not request.answer.done():
            settle(request.answer)

    if not request.loop.is_closed():
        request.loop.call_soon_threadsafe(on_its_loop)
