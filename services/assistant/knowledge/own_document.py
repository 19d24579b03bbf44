"""Rules that everything people do with a document shares: which one is meant, may they, is it still as it was shown."""

from services.domain.chat import Chat, ChatKind
from services.domain.errors import NotAllowed, StaleAction
from services.domain.knowledge import Document
from services.domain.member import Member
from services.store.ports import Transaction


async def shown_document(tx: Transaction, member: Member, chat: Chat, document_id: int) -> Document:
    """Everybody reads what belongs to the project of their chat. Administrators are told in private about documents of
    all projects, and open them there. Raises NotAllowed, StaleAction."""
    return _checked(await tx.documents.get(document_id), member, chat, document_id)


async def own_document(
    tx: Transaction, member: Member, chat: Chat, document_id: int, version: int | None = None
) -> Document:
    """Locked, for who answers for it and for administrators. `version`: as it was shown. Raises NotAllowed,
    StaleAction."""
    document = _checked(await tx.catalogue.lock(document_id), member, chat, document_id)
    if not may_change(member, document):
        raise NotAllowed
    if version is not None and document.version != version:
        raise StaleAction(f"document {document_id} is at another version", state="document_changed")
    return document


def may_change(member: Member, document: Document) -> bool:
    return member.is_active and (member.may_administer or document.passport.owner_id == member.id)


def unknown(document_id: int) -> StaleAction:
    return StaleAction(f"no document {document_id} here", state="document_unknown")


def _checked(document: Document | None, member: Member, chat: Chat, document_id: int) -> Document:
    if not member.is_active:
        raise NotAllowed
    if document is None or not _is_read_in(chat, member, document):
        raise unknown(document_id)
    return document


def _is_read_in(chat: Chat, member: Member, document: Document) -> bool:
    if document.project_id == chat.project_id:
        return True
    return member.may_administer and chat.kind is ChatKind.PRIVATE
