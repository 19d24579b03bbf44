"""A runner that only remembers what it was told."""

from services.assistant.stages.run import Run
from services.domain.brief import Brief
from services.domain.generation import Generation
from services.domain.member import Member
from services.store.ports import Transaction


class RecordingRunner:
    def __init__(self) -> None:
        self.woken: list[int] = []
        self.stopped: list[int] = []
        self.seconds_to_wait = 0
        """Of whoever asks for something."""

    async def admit(self, tx: Transaction, member: Member) -> int:
        return self.seconds_to_wait

    async def claim_new(self, tx: Transaction, generation: Generation, brief: Brief, member: Member) -> Run | None:
        """No room: attempts stay queued, for tests that run them by hand."""
        return None

    def wake(self, generation_id: int, claimed: Run | None = None) -> None:
        self.woken.append(generation_id)

    def stop(self, generation_id: int) -> None:
        self.stopped.append(generation_id)
