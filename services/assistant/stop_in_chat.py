"""Stop whatever this person has running in this chat: /cancel, and Telegram's own Stop button on a native draft."""

from services.assistant.ports import GenerationRunner
from services.domain.chat import ChatAddress
from services.domain.generation import ACTIVE_STATES, Generation, GenerationState
from services.domain.member import Member
from services.store.ports import Store


class StopInChat:
    def __init__(self, store: Store, runner: GenerationRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, address: ChatAddress) -> Generation | None:
        """The newest attempt of theirs that was stopped here; None when nothing ran."""
        async with self._store.transaction() as tx:
            recent = await tx.generations.recent(member_id=member.id, chat_id=address.chat_id, limit=20)
            stopped = [
                await tx.generations.transition(
                    generation.id, expected_version=generation.version, to=GenerationState.STOPPED
                )
                for generation in recent
                if generation.state in ACTIVE_STATES
            ]
        done = [generation for generation in stopped if generation is not None]
        for generation in done:
            self._runner.stop(generation.id)
        return done[0] if done else None
