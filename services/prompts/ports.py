"""Prompt texts, as the assistant sees them."""

from typing import Any, Protocol

from services.domain.prompt import RenderedPrompt


class PromptLibrary(Protocol):
    def render(self, name: str, variables: dict[str, Any]) -> RenderedPrompt:
        """Render `prompts/<name>/` with exactly its declared variables; a missing or an extra one raises ValueError."""
        ...

    def names(self) -> frozenset[str]: ...
