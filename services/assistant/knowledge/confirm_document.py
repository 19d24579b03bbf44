"""Somebody has looked at a document, and it still holds."""

from services.assistant.budgets.team_days import TeamDays
from services.assistant.knowledge.document_card import DocumentCard, read_card
from services.assistant.knowledge.own_document import own_document, unknown
from services.domain.chat import Chat
from services.domain.member import Member
from services.store.ports import Store


class ConfirmDocument:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(self, member: Member, chat: Chat, document_id: int, version: int) -> DocumentCard:
        """An expired document stays expired: its last day is a fact that somebody wrote down. Raises NotAllowed,
        StaleAction."""
        now = self._days.now()
        async with self._store.transaction() as tx:
            await own_document(tx, member, chat, document_id, version)
            confirmed = await tx.catalogue.confirm(document_id, now)
            if confirmed is None:
                raise unknown(document_id)
            await tx.audit.add("document_confirmed", member.id, document=document_id)
            return await read_card(tx, confirmed, member, now)
