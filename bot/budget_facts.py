"""What deliveries around budgets look up when they are sent."""

from services.assistant.budgets.sheet import BudgetSheet, sheet_of
from services.assistant.budgets.team_days import TeamDays
from services.domain.budget import BudgetKey
from services.domain.generation import GenerationState
from services.domain.recording import RecordingState
from services.store.ports import Store


class BudgetFacts:
    def __init__(self, store: Store, days: TeamDays) -> None:
        self._store = store
        self._days = days

    async def sheet(self, key: BudgetKey) -> BudgetSheet:
        async with self._store.reading() as tx:
            return await sheet_of(tx, await tx.budgets.account(key, self._days.today()))

    async def saved_request(self, payload: dict[str, int]) -> str | None:
        """Its words, empty for a recording; None when it does not wait any more."""
        async with self._store.reading() as tx:
            if "recording_id" in payload:
                recording = await tx.recordings.get(payload["recording_id"])
                waits = recording is not None and recording.state is RecordingState.FAILED
                return "" if recording and waits and recording.version == payload["version"] else None
            generation = await tx.generations.get(payload["generation_id"])
            if generation is None or generation.state is not GenerationState.FAILED:
                return None
            brief = await tx.briefs.get(generation.brief_id)
            return brief.text if brief is not None and generation.version == payload["version"] else None
