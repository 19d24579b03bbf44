"""The documents of a project: all of them, those that words find, or those that want somebody's eye."""

from dataclasses import dataclass

from services.assistant.budgets.team_days import TeamDays
from services.domain.catalogue import CatalogueEntry, CatalogueQuery, Shelf
from services.domain.chat import Chat
from services.domain.errors import NotAllowed
from services.domain.freshness import Standing, standing
from services.domain.member import Member
from services.store.ports import Store

PAGE = 8
MOST_WORDS = 100
"""Characters of a search among names."""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    entry: CatalogueEntry
    standing: Standing


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    items: tuple[ListedDocument, ...]
    shelf: Shelf
    words: str
    counts: dict[Shelf, int]
    """Of what the words find, on each shelf."""
    number: int
    """From 0; the last page when a later one was asked for."""

    @property
    def total(self) -> int:
        return self.counts[self.shelf]

    @property
    def pages(self) -> int:
        """At least 1."""
        return _pages(self.total)

    @property
    def first(self) -> int:
        """1-based place of the first item on its shelf."""
        return self.number * PAGE + 1


class ListDocuments:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(
        self, member: Member, chat: Chat, words: str = "", shelf: Shelf = Shelf.ALL, page: int = 0
    ) -> DocumentsPage:
        """By title. Raises NotAllowed."""
        if not member.is_active:
            raise NotAllowed
        words, now = " ".join(words.split())[:MOST_WORDS], self._days.now()
        query = CatalogueQuery(chat.project_id, now, member.id, shelf, words)
        async with self._store.reading() as tx:
            found = await tx.catalogue.page(query, page * PAGE, PAGE)
            last = _pages(found.counts[shelf]) - 1
            if page > last:
                found = await tx.catalogue.page(query, last * PAGE, PAGE)
        items = tuple(ListedDocument(entry, standing(entry.document.passport, now)) for entry in found.entries)
        return DocumentsPage(items, shelf, words, found.counts, min(page, last))


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))
