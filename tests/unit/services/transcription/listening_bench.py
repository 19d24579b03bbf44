"""TranscriptionService over scripted listeners, and everything that its tests look at afterwards."""

from dataclasses import dataclass, field

from services.calling.retry import RetryPolicy
from services.domain.transcript import Transcript
from services.domain.usage import CallContext, CallReport
from services.transcription.listening_route import ListeningRoute
from services.transcription.ports import Hints
from services.transcription.service import TranscriptionService
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.speech_to_text import ScriptedListener

CONTEXT = CallContext("transcribe", project_id=1, member_id=2, recording_id=3, lease_token=4)
SOUND = b"OggS of two seconds"


@dataclass
class ListeningBench:
    api: ScriptedListener = field(default_factory=lambda: ScriptedListener(provider="openai"))
    own: ScriptedListener = field(default_factory=lambda: ScriptedListener(provider="local"))
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    breaker: MemoryBreaker = field(default_factory=MemoryBreaker)
    prices: FlatPriceList = field(default_factory=FlatPriceList)
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    model: str = "whisper-1"
    slept: list[float] = field(default_factory=list)
    now: float = 0.0

    def service(self) -> TranscriptionService:
        return TranscriptionService(
            [ListeningRoute(self.model, self.api), ListeningRoute("small", self.own)],
            ledger=self.ledger,
            breaker=self.breaker,
            prices=self.prices,
            policy=self.policy,
            sleep=self._sleep,
            monotonic=lambda: self.now,
        )

    async def transcribe(self, duration_ms: int = 2_000, hints: Hints | None = None) -> Transcript:
        return await self.service().transcribe(SOUND, duration_ms, CONTEXT, hints or Hints())

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def asked(self) -> tuple[int, int]:
        """How often the API, and our own model."""
        return len(self.api.requests), len(self.own.requests)

    @property
    def reports(self) -> list[CallReport]:
        assert all(call.report for call in self.ledger.calls)
        return [call.report for call in self.ledger.calls if call.report]
