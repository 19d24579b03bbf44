"""One document with its passport, as a card shows it."""

from dataclasses import dataclass
from datetime import datetime

from services.assistant.knowledge.own_document import may_change
from services.domain.document_history import DocumentVersion
from services.domain.freshness import Standing, standing
from services.domain.knowledge import Document
from services.domain.member import Member
from services.store.ports import Transaction

MOST_VERSIONS = 5


@dataclass(frozen=True, slots=True)
class VersionLine:
    version: DocumentVersion
    by: str | None
    """Name of who brought it."""


@dataclass(frozen=True, slots=True)
class DocumentCard:
    document: Document
    passages: int
    standing: Standing
    now: datetime
    """By the clock of the team."""
    owner: str | None
    """Name of who answers for it."""
    versions: tuple[VersionLine, ...]
    """The newest `MOST_VERSIONS`."""
    versions_in_all: int
    may_change: bool


async def read_card(tx: Transaction, document: Document, reader: Member, now: datetime) -> DocumentCard:
    history = await tx.documents.versions(document.id)
    return DocumentCard(
        document,
        await tx.catalogue.passages_in(document.id),
        standing(document.passport, now),
        now,
        await _name(tx, document.passport.owner_id),
        tuple([VersionLine(one, await _name(tx, one.member_id)) for one in history[:MOST_VERSIONS]]),
        len(history),
        may_change(reader, document),
    )


async def _name(tx: Transaction, member_id: int | None) -> str | None:
    member = await tx.members.get(member_id) if member_id is not None else None
    return member.name if member is not None else None
