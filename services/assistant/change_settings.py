"""A person changes settings of their own."""

from services.assistant.read_settings import PersonalSettings
from services.domain.errors import NotAllowed
from services.domain.language import Language
from services.domain.member import Member, StreamTransport, VoiceReplies
from services.store.ports import Store


class ChangeSettings:
    def __init__(self, store: Store, *, offers_voice: bool = False) -> None:
        self._store = store
        self._offers_voice = offers_voice

    async def __call__(
        self,
        member: Member,
        *,
        language: Language | None = None,
        stream_transport: StreamTransport | None = None,
        voice_replies: VoiceReplies | None = None,
    ) -> PersonalSettings:
        """Only what is given changes. Raises NotAllowed."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.transaction() as tx:
            changed = await tx.members.change(
                member.id, language=language, stream_transport=stream_transport, voice_replies=voice_replies
            )
        return PersonalSettings(changed, self._offers_voice)
