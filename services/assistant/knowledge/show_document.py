"""The card of one document."""

from services.assistant.budgets.team_days import TeamDays
from services.assistant.knowledge.document_card import DocumentCard, read_card
from services.assistant.knowledge.own_document import shown_document
from services.domain.chat import Chat
from services.domain.member import Member
from services.store.ports import Store


class ShowDocument:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(self, member: Member, chat: Chat, document_id: int) -> DocumentCard:
        """Raises NotAllowed, StaleAction."""
        async with self._store.reading() as tx:
            document = await shown_document(tx, member, chat, document_id)
            return await read_card(tx, document, member, self._days.now())
