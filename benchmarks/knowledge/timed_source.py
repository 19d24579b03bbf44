"""The passages of the store, with a clock at each question that a search asks."""

import time
from collections.abc import Sequence
from typing import Any

from services.domain.knowledge import Passage
from services.retrieval.ports import Changes, PassageSource


class TimedSource:
    """Everything else goes through untouched."""

    def __init__(self, inner: PassageSource) -> None:
        self._inner = inner
        self.forget()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def forget(self) -> None:
        self._took: dict[str, list[float]] = {"passages": [], "changes_since": []}
        self._rows = 0

    def figures(self, searches: int) -> dict[str, float]:
        """Questions to SQL a search, rows a search, and their p95 in milliseconds."""
        figures: dict[str, float] = {"rows": round(self._rows / searches, 1)}
        for name, took in self._took.items():
            ordered = sorted(took) or [0.0]
            figures[name] = round(len(took) / searches, 2)
            figures[f"{name}_p95"] = round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000, 3)
        return figures

    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        began = time.perf_counter()
        found = await self._inner.passages(ids)
        self._took["passages"].append(time.perf_counter() - began)
        self._rows += len(found)
        return found

    async def changes_since(self, change: int, limit: int = 1000) -> Changes:
        began = time.perf_counter()
        changes = await self._inner.changes_since(change, limit)
        self._took["changes_since"].append(time.perf_counter() - began)
        return changes
