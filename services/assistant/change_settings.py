"""A person's own settings."""

from services.domain.errors import NotAllowed
from services.domain.language import Language
from services.domain.member import Member, StreamTransport
from services.store.ports import Store


class ChangeSettings:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(
        self, member: Member, *, language: Language | None = None, stream_transport: StreamTransport | None = None
    ) -> Member:
        """Only what is given changes. Raises NotAllowed."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.transaction() as tx:
            return await tx.members.change(member.id, language=language, stream_transport=stream_transport)
