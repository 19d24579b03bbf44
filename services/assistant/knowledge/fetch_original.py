"""The file that a document was read from, as it came."""

from pathlib import Path, PurePosixPath

from services.assistant.knowledge.own_document import shown_document
from services.domain.chat import Chat
from services.domain.errors import DocumentTooLarge, StaleAction
from services.domain.knowledge import Document
from services.domain.member import Member
from services.files.ports import FileStore
from services.store.ports import Store

MEGABYTE = 1024 * 1024


class FetchOriginal:
    """`most_megabytes`: what may be sent."""

    def __init__(self, store: Store, files: FileStore, most_megabytes: int = 50) -> None:
        self._store = store
        self._files = files
        self._most = most_megabytes

    async def __call__(self, member: Member, chat: Chat, document_id: int, into: Path) -> str:
        """Writes the file `into`; returns the name by which people know it. Raises NotAllowed, StaleAction,
        DocumentTooLarge, FilesUnavailable."""
        async with self._store.reading() as tx:
            document = await shown_document(tx, member, chat, document_id)
        name, key = original_name(document), document.passport.file_key
        size = (document.passport.size_bytes or 0) // MEGABYTE
        if key is None:
            raise StaleAction(f"document {document_id} has no original", state="document_without_original")
        if size >= self._most:
            raise DocumentTooLarge("an original that cannot be sent", name=name, size=size, limit=self._most)
        try:
            await self._files.fetch(key, into)
        except LookupError:
            raise StaleAction(f"no file {key}", state="document_without_original") from None
        return name


def original_name(document: Document) -> str:
    """Of a page the host and path would make no file name: the title serves then, with the ending of the file."""
    source = PurePosixPath(document.source.rstrip("/"))
    name = source.name if source.suffix else document.title
    kept = PurePosixPath(document.passport.file_key or "").suffix
    cleaned = "".join(" " if char in '\\/:*?"<>|\n\r\t' else char for char in name).strip(" .") or "document"
    return cleaned if PurePosixPath(cleaned).suffix or not kept else f"{cleaned[:100]}{kept}"
