"""What a person asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.domain.chat import ChatAddress
from services.domain.language import Language


class Task(StrEnum):
    """What the model is asked to do; names the prompt folder, the parameters and the model role."""

    IDEA = "idea"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Brief:
    id: int
    task: Task
    project_id: int
    member_id: int
    address: ChatAddress
    """The message that carried the brief: with the task it is the business key, so one message starts one brief."""
    text: str
    language: Language
    created_at: datetime
    material: str | None = None
    """What was quoted, replied to or forwarded: shown to the model as data, never as an instruction."""
    revision: int = 1
    """Grows when the person edits the message; the former texts are kept."""
