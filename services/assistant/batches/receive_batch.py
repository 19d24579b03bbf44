"""A file of briefs has arrived: keep it. What it costs is worked out beside."""

import uuid

from services.assistant.batches.read_briefs import read_briefs
from services.domain.batch import Batch, NewBatch
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member
from services.store.ports import Store


class ReceiveBatch:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(
        self, member: Member, chat: Chat, address: ChatAddress, name: str, content: bytes, language: Language
    ) -> Batch:
        """The same message arriving twice finds the batch it started. Raises BatchUnreadable, BatchTooLong,
        EmptyBrief."""
        read = read_briefs(name, content)
        new = NewBatch(
            key=uuid.uuid4().hex,
            member_id=member.id,
            project_id=chat.project_id,
            address=address,
            file_name=name,
            language=language,
            lines=read.lines,
            skipped=read.skipped,
        )
        async with self._store.transaction() as tx:
            batch, _ = await tx.batches.add(new)
        return batch
