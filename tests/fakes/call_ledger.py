"""CallLedger in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from services.calling.halt_watch import HaltWatch
from services.domain.errand import Errand
from services.domain.errors import CallRefused, StoreUnavailable
from services.domain.generation import PromptRelease
from services.domain.usage import CallContext, CallOutcome, CallReport, StartedCall


@dataclass
class RecordedCall:
    context: CallContext
    provider: str
    model: str
    prompt: PromptRelease | None
    tokens_in: int = 0
    audio_ms: int = 0
    characters: int = 0
    report: CallReport | None = None

    @property
    def outcome(self) -> CallOutcome:
        return self.report.outcome if self.report else CallOutcome.STARTED


@dataclass
class MemoryLedger:
    calls: list[RecordedCall] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)
    """As they were told, one a call."""
    refuses_start: bool = False
    refusal: CallRefused | None = None
    """What the budgets say."""
    refuses_finish: bool = False
    halts: HaltWatch = field(default_factory=HaltWatch)

    async def start(self, errand: Errand) -> int:
        if self.refuses_start:
            raise StoreUnavailable("full disk")
        if self.refusal is not None:
            raise self.refusal
        self.errands.append(errand)
        self.calls.append(
            RecordedCall(
                errand.context,
                errand.provider,
                errand.model,
                errand.prompt,
                errand.tokens_in,
                errand.audio_ms,
                errand.characters,
            )
        )
        return len(self.calls)

    async def finish(self, call_id: int, report: CallReport) -> None:
        if self.refuses_finish:
            raise StoreUnavailable("full disk")
        call = self.calls[call_id - 1]
        if call.outcome is CallOutcome.STARTED or (call.outcome is CallOutcome.LOST is not report.outcome):
            call.report = report

    async def unsettled_of_older_runs(self, generation_id: int, lease_token: int) -> list[StartedCall]:
        return [
            call
            for call, context in self._started()
            if context.generation_id == generation_id and (context.lease_token or 0) < lease_token
        ]

    async def unsettled_of_recording(self, recording_id: int, lease_token: int) -> list[StartedCall]:
        return [
            call
            for call, context in self._started()
            if context.recording_id == recording_id and (context.lease_token or 0) < lease_token
        ]

    async def forgotten(self, now: datetime) -> list[StartedCall]:
        """Everything that is open: the fake keeps no times."""
        return [call for call, _ in self._started()]

    def _started(self) -> list[tuple[StartedCall, CallContext]]:
        return [
            (
                StartedCall(
                    number,
                    call.provider,
                    call.model,
                    call.tokens_in,
                    call.context.generation_id,
                    call.context.recording_id,
                    call.audio_ms,
                    call.characters,
                ),
                call.context,
            )
            for number, call in enumerate(self.calls, 1)
            if call.outcome is CallOutcome.STARTED
        ]

    @property
    def outcomes(self) -> list[CallOutcome]:
        return [call.outcome for call in self.calls]
