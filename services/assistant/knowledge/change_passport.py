"""What is known of a document beside its text, written by people."""

from datetime import date

from services.assistant.budgets.team_days import TeamDays
from services.assistant.knowledge.document_card import DocumentCard, read_card
from services.assistant.knowledge.own_document import own_document, unknown
from services.domain.catalogue import PassportEdit, PassportField
from services.domain.chat import Chat
from services.domain.errors import InputError
from services.domain.knowledge import Document
from services.domain.member import Member
from services.store.ports import Store

MOST_NOTE = 1_000
"""Characters."""
MOST_DAYS = 3_650
"""Of a refresh period."""


class ChangePassport:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def __call__(self, member: Member, chat: Chat, document_id: int, edit: PassportEdit) -> DocumentCard:
        """Only what is given changes. Raises NotAllowed, StaleAction; InputError for a period that ends before it
        begins, and for a note or a refresh period without measure."""
        now = self._days.now()
        async with self._store.transaction() as tx:
            _check(await own_document(tx, member, chat, document_id), edit)
            amended = await tx.catalogue.amend(document_id, edit, now)
            if amended is None:
                raise unknown(document_id)
            await tx.audit.add("passport_changed", member.id, document=document_id, fields=", ".join(sorted(edit)))
            return await read_card(tx, amended, member, now)


def _check(document: Document, edit: PassportEdit) -> None:
    since = edit.get(PassportField.VALID_FROM, document.passport.valid_from)
    until = edit.get(PassportField.VALID_UNTIL, document.passport.valid_until)
    if isinstance(since, date) and isinstance(until, date) and until < since:
        raise InputError("it would end before it begins")
    note, days = edit.get(PassportField.NOTE), edit.get(PassportField.REFRESH_DAYS)
    if isinstance(note, str) and len(note) > MOST_NOTE:
        raise InputError("a note without measure")
    if isinstance(days, int) and not 1 <= days <= MOST_DAYS:
        raise InputError("a refresh period without measure")
