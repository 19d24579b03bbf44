"""The next file of a person becomes the next version of a document."""

from dataclasses import dataclass

from services.assistant.knowledge.own_document import own_document
from services.domain.chat import Chat
from services.domain.knowledge import Document
from services.domain.member import Member
from services.store.ports import Store

_MARK = "replace"


@dataclass(frozen=True, slots=True)
class Replacement:
    """Carried by the key of the lesson that brings the new version."""

    document_id: int
    key: str
    """Of the lesson, were it an ordinary one."""

    def __str__(self) -> str:
        return f"{_MARK}:{self.document_id}:{self.key}"


class ReplaceDocument:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, chat: Chat, document_id: int, version: int | None = None) -> Document:
        """The document that may be replaced by this person: asked when the button is pressed, and again when the file
        comes. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            return await own_document(tx, member, chat, document_id, version)


def replacement_in(lesson_key: str) -> Replacement | None:
    """None: the lesson brings something new."""
    mark, _, rest = lesson_key.partition(":")
    document_id, _, key = rest.partition(":")
    return Replacement(int(document_id), key) if mark == _MARK and document_id.isdecimal() else None
