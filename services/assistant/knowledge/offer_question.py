"""A question that was answered badly, with the documents that may answer it: for an administrator to choose from."""

import zlib
from dataclasses import dataclass

from services.domain.asked_filters import read_filters
from services.domain.brief import Brief, Task
from services.domain.errors import NotAllowed, StaleAction
from services.domain.knowledge import Document
from services.domain.member import Member
from services.retrieval.analysis import stem, words
from services.store.ports import Store, Transaction

MOST_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A question with the documents that may answer it: those that were found, then those whose names are like it."""

    generation_id: int
    question: str
    documents: tuple[Document, ...]

    @property
    def check(self) -> int:
        """Of the list as it was drawn: a choice by places in it is void once it has changed. 16 bits."""
        return zlib.crc32(" ".join(str(document.id) for document in self.documents).encode()) & 0xFFFF


class OfferQuestion:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, generation_id: int) -> Offer:
        """Raises NotAllowed, StaleAction."""
        async with self._store.reading() as tx:
            offer, _ = await question_on_offer(tx, member, generation_id)
            return offer


async def question_on_offer(tx: Transaction, member: Member, generation_id: int) -> tuple[Offer, Brief]:
    """Raises NotAllowed, StaleAction."""
    if not member.may_administer:
        raise NotAllowed
    generation = await tx.generations.get(generation_id)
    brief = await tx.briefs.get(generation.brief_id) if generation else None
    if brief is None or brief.task is not Task.ASK:
        raise StaleAction(f"no question behind {generation_id}", state="unknown")
    question = read_filters(brief.text).text
    documents = await tx.documents.list(brief.project_id)
    found = await _found(tx, generation_id)
    shown = [document for document in documents if document.id in found]
    shown.sort(key=lambda document: found.index(document.id))
    alike = [document for document in documents if document.id not in found and _likeness(question, document)]
    alike.sort(key=lambda document: -_likeness(question, document))
    return Offer(generation_id, question, tuple([*shown, *alike][:MOST_OFFERED])), brief


async def _found(tx: Transaction, generation_id: int) -> list[int]:
    """Ids of documents, best first."""
    searches = await tx.searches.of_generation(generation_id)
    passages = await tx.documents.passages([one.passage_id for one in searches[-1].found]) if searches else ()
    return list(dict.fromkeys(passage.document_id for passage in passages))


def _likeness(question: str, document: Document) -> int:
    asked = {stem(word) for word in words(question)}
    return len(asked & {stem(word) for word in words(f"{document.title} {document.source}")})
