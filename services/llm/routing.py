"""Which model answers, and which one takes over when it does not."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.domain.prompt import ModelRole
from services.llm.ports import ChatModel


@dataclass(frozen=True, slots=True)
class Route:
    model: str
    chat: ChatModel

    @property
    def provider(self) -> str:
        return self.chat.provider

    @property
    def circuit(self) -> str:
        """Provider and model: an overloaded model must not keep us from the fallback that the same provider serves."""
        return f"{self.chat.provider}/{self.model}"


def plan_routes(
    chat: ChatModel, smart: str, fast: str, fallbacks: Iterable[str] = ()
) -> dict[ModelRole, tuple[Route, ...]]:
    """Chains over one provider. Without named fallbacks the two stand in for each other."""
    named = tuple(fallbacks)
    chains = {ModelRole.SMART: (smart, *(named or (fast,))), ModelRole.FAST: (fast, *(named or (smart,)))}
    return {role: tuple(Route(model, chat) for model in dict.fromkeys(models)) for role, models in chains.items()}
