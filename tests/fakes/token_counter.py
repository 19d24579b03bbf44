"""TokenCounter that calls every word a token."""

import re

_WORD = re.compile(r"\S+\s*")


class WordCounter:
    def load(self) -> None:
        """Nothing to load."""

    def count(self, model: str, text: str) -> int:
        return len(text.split())

    def truncate(self, model: str, text: str, limit: int) -> str:
        words = list(_WORD.finditer(text))[: max(limit, 0)]
        return text[: words[-1].end()] if words else ""
