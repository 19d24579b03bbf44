"""What the product has written down, read with plain SQL: the oracle does not trust the product's own reading."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

Row = dict[str, Any]
UNSETTLED = "state IN ('queued', 'running')"
UNSHOWN = "delivered_at IS NULL AND state IN ('in_review', 'answered', 'failed')"
LISTENED_TO = (
    "state IN ('received', 'fetched', 'prepared', 'transcribed') OR (state = 'waiting' AND start_at IS NOT NULL)"
)
NOT_GONE = "state IN ('new', 'sending') AND (not_before IS NULL OR not_before < datetime('now', '+60 seconds'))"


class Database:
    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, query: str, *values: object) -> list[Row]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def count(self, table: str, condition: str = "1") -> int:
        return int(self.rows(f"SELECT count(*) AS n FROM {table} WHERE {condition}")[0]["n"])  # noqa: S608 - our words

    def all(self, table: str) -> list[Row]:
        return self.rows(f"SELECT * FROM {table}")  # noqa: S608 - our words

    def knowledge_is_ready(self) -> bool:
        passages = self.count("passages")
        return passages > 0 and self.count("passage_embeddings") == passages

    def unfinished(self) -> dict[str, int]:
        """What still waits or runs, by kind; kinds with nothing are left out."""
        found = {
            "updates": self.count("inbox", "done_at IS NULL"),
            "attempts": self.count("generations", UNSETTLED),
            "finals": self.count("generations", UNSHOWN),
            "deliveries": self.count("deliveries", NOT_GONE),
            "calls": self.count("model_calls", "outcome = 'started'"),
            "recordings": self.count("recordings", LISTENED_TO),
            "screens": self.count("recordings", "shown_version < version"),
            "passages": self.count("passages", "id NOT IN (SELECT passage_id FROM passage_embeddings)"),
        }
        return {name: number for name, number in found.items() if number}


def read_json(value: Any) -> Any:
    """JSON columns come as text from SQLite."""
    return json.loads(value) if isinstance(value, str) else value
