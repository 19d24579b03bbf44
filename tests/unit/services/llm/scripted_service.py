"""LLMService over a scripted model, and everything that its tests look at afterwards."""

from contextlib import aclosing
from dataclasses import dataclass, field

from services.calling.retry import RetryPolicy
from services.domain.generation import PromptRelease
from services.domain.prompt import Message, ModelRole, RenderedPrompt, SamplingParameters
from services.domain.usage import CallContext
from services.llm.events import Completed, Delta, Restarted
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.chat_model import ScriptedChatModel
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter

PROMPT = RenderedPrompt(
    messages=(Message("system", "four words of rules"), Message("user", "a brief")),
    release=PromptRelease("idea", "1", "0" * 64),
    role=ModelRole.SMART,
    parameters=SamplingParameters(temperature=0.5, seed=7),
)
PROMPT_TOKENS = 4 + 2 + 2 * 4 + 3
CONTEXT = CallContext(task="idea", project_id=1, member_id=2, brief_id=3, generation_id=4)


@dataclass
class Bench:
    model: ScriptedChatModel = field(default_factory=ScriptedChatModel)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    breaker: MemoryBreaker = field(default_factory=MemoryBreaker)
    prices: FlatPriceList = field(default_factory=FlatPriceList)
    slept: list[float] = field(default_factory=list)
    now: float = 0.0
    fallbacks: tuple[str, ...] = ("backup",)
    policy: RetryPolicy = field(default_factory=RetryPolicy)

    def service(self) -> LLMService:
        return LLMService(
            plan_routes(self.model, "smart", "fast", self.fallbacks),
            ledger=self.ledger,
            breaker=self.breaker,
            prices=self.prices,
            counter=WordCounter(),
            policy=self.policy,
            sleep=self._sleep,
            monotonic=lambda: self.now,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def models(self) -> list[str]:
        return [request.model for request in self.model.requests]


async def events_of(service: LLMService) -> list[Delta | Restarted | Completed]:
    async with aclosing(service.stream(PROMPT, CONTEXT)) as events:
        return [event async for event in events]
