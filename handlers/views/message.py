"""A message ready to be sent: as text with entities, and as rich Markdown where that shows more."""

from dataclasses import dataclass

from aiogram.types import MessageEntity

from handlers.views.formatted import Formatted, plain
from handlers.views.split import head, split

RICH_LIMIT = 32_000
"""Bytes of UTF-8. Telegram: 32,768 "UTF-8 characters" a rich message; bytes are the strictest reading of that."""


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    body: Formatted
    rich_markdown: str | None = None
    """Set only where it shows more than text can: some clients cannot display rich messages."""

    @property
    def text(self) -> str:
        return self.body.text

    @property
    def entities(self) -> tuple[MessageEntity, ...]:
        return self.body.entities

    @property
    def parts(self) -> tuple[Formatted, ...]:
        """The body within Telegram's limits; never empty."""
        return tuple(split(self.body)) or (plain("…"),)

    @property
    def single(self) -> "RenderedMessage":
        """What fits into one message: for pages that are turned in place."""
        return RenderedMessage(head(self.body), self.rich_markdown)


def message(text: str) -> RenderedMessage:
    """Our own words, without formatting."""
    return RenderedMessage(plain(text))
