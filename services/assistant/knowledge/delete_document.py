"""A document leaves the knowledge base with everything that was kept of it."""

from dataclasses import dataclass

from services.assistant.knowledge.own_document import own_document, unknown
from services.domain.chat import Chat
from services.domain.knowledge import Document
from services.domain.member import Member
from services.retrieval.ingestion import Ingestion
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class Deleted:
    document: Document
    """As it was."""
    passages: int


class DeleteDocument:
    def __init__(self, store: Store, ingestion: Ingestion) -> None:
        self._store = store
        self._ingestion = ingestion

    async def __call__(self, member: Member, chat: Chat, document_id: int, version: int) -> Deleted:
        """Nobody finds a passage of it from the commit on. Raises NotAllowed, StaleAction, FilesUnavailable (then the
        document is still there)."""
        async with self._store.transaction() as tx:
            document = await own_document(tx, member, chat, document_id, version)
            passages = await tx.catalogue.passages_in(document_id)
            # Before the deed: who wanted it is known even if the process dies in the middle of it.
            await tx.audit.add("document_deletion_begun", member.id, document=document_id, version=version)
        if not await self._ingestion.forget(document.project_id, document_id):
            raise unknown(document_id)  # somebody else was faster
        async with self._store.transaction() as tx:
            await tx.audit.add("document_deleted", member.id, document=document_id, passages=passages)
        return Deleted(document, passages)
