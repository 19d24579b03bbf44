"""CallLedger in memory."""

from dataclasses import dataclass, field

from services.domain.errors import StoreUnavailable
from services.domain.generation import PromptRelease
from services.domain.usage import CallContext, CallOutcome, CallReport


@dataclass
class RecordedCall:
    context: CallContext
    provider: str
    model: str
    prompt: PromptRelease | None
    report: CallReport | None = None

    @property
    def outcome(self) -> CallOutcome:
        return self.report.outcome if self.report else CallOutcome.STARTED


@dataclass
class MemoryLedger:
    calls: list[RecordedCall] = field(default_factory=list)
    refuses_start: bool = False
    refuses_finish: bool = False

    async def start(self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None) -> int:
        if self.refuses_start:
            raise StoreUnavailable("full disk")
        self.calls.append(RecordedCall(context, provider, model, prompt))
        return len(self.calls)

    async def finish(self, call_id: int, report: CallReport) -> None:
        if self.refuses_finish:
            raise StoreUnavailable("full disk")
        self.calls[call_id - 1].report = report

    @property
    def outcomes(self) -> list[CallOutcome]:
        return [call.outcome for call in self.calls]
