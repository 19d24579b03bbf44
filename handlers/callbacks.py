"""What buttons carry: 1–64 bytes, ids only. Nothing here is trusted: every use case loads the world anew."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.domain.brief import Task
from services.domain.broadcast import Audience
from services.domain.budget import BudgetPeriod, BudgetScope
from services.domain.digest import DigestCadence
from services.domain.generation import Chip
from services.domain.language import Language
from services.domain.member import MemberStatus, Role, StreamTransport, VoiceReplies
from services.domain.question import Purpose
from services.domain.spending import SpendingGroup
from services.domain.spending_days import SpendingPeriod

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""What a database takes for an id; a forged press may carry anything."""


Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""Of the attempt when its buttons were drawn: a press on an older one changes nothing."""


class BroadcastStep(StrEnum):
    SEND = "send"
    CANCEL = "cancel"
    STOP = "stop"


class Face(StrEnum):
    """Keyboards that one card can wear."""

    CARD = "card"
    REASONS = "reasons"
    VERDICTS = "verdicts"


class ApprovePress(CallbackData, prefix="ok"):
    generation_id: RowId
    version: Version


class SubmitPress(CallbackData, prefix="q"):
    """Send a draft made in private to the people who may approve it."""

    generation_id: RowId
    version: Version


class RegeneratePress(CallbackData, prefix="g"):
    generation_id: RowId
    version: Version
    chip: Chip | None = None


class WordsPress(CallbackData, prefix="w"):
    generation_id: RowId
    version: Version
    purpose: Purpose


class FacePress(CallbackData, prefix="f"):
    generation_id: RowId
    version: Version
    face: Face


class StopPress(CallbackData, prefix="x"):
    generation_id: RowId


class RetryPress(CallbackData, prefix="r"):
    generation_id: RowId
    version: Version


class PagePress(CallbackData, prefix="p"):
    generation_id: RowId


class CounterPress(CallbackData, prefix="n"):
    """The "2/3" between the arrows: does nothing, politely."""


class HistoryPress(CallbackData, prefix="h"):
    generation_id: RowId


class QueuePress(CallbackData, prefix="wq"):
    """A page of the drafts that wait for a decision."""

    page: Annotated[int, Field(ge=0, le=10_000)] = 0


class JoinPress(CallbackData, prefix="j"):
    pass


class AccessPress(CallbackData, prefix="a"):
    member_id: RowId
    grant: bool


class MemberPress(CallbackData, prefix="m"):
    """Open a person's card; with a role or a status, change it."""

    member_id: RowId
    role: Role | None = None
    status: MemberStatus | None = None


class PeoplePress(CallbackData, prefix="u"):
    page: Annotated[int, Field(ge=0, le=10_000)] = 0


class SettingPress(CallbackData, prefix="s"):
    language: Language | None = None
    transport: StreamTransport | None = None
    voice: VoiceReplies | None = None


class BriefPress(CallbackData, prefix="b"):
    """Make a brief of the message that this hint answers."""

    task: Task


class RecordingStep(StrEnum):
    START = "go"
    IDEAS = "i"
    ANSWER = "a"
    TEXT_ONLY = "t"
    CORRECT = "c"
    RETRY = "r"
    CANCEL = "x"


class RecordingPress(CallbackData, prefix="v"):
    recording_id: RowId
    version: Version
    step: RecordingStep


class MinutesStep(StrEnum):
    LEARN = "k"
    """Into the knowledge base: asks whether everybody agrees."""
    AGREED = "y"
    BACK = "b"
    IDEAS = "i"
    AGAIN = "r"


class MinutesPress(CallbackData, prefix="mi"):
    """Under a long recording that was heard to its end."""

    recording_id: RowId
    version: Version
    step: MinutesStep


class AudiencePress(CallbackData, prefix="to"):
    """Who is to get an announcement."""

    broadcast_id: RowId
    audience: Audience


class BroadcastPress(CallbackData, prefix="bc"):
    broadcast_id: RowId
    step: BroadcastStep


class UndeliveredPress(CallbackData, prefix="ud"):
    """Show the messages that did not arrive."""

    number: Annotated[int, Field(ge=0, le=10_000)] = 0
    is_new: bool = False
    """In a message of its own; else in the pressed one."""


class LetterAction(StrEnum):
    AGAIN = "again"
    FORGET = "forget"


class LetterPress(CallbackData, prefix="ul"):
    action: LetterAction
    delivery_id: RowId
    attempt: Annotated[int, Field(ge=0, le=2**31 - 1)]
    number: Annotated[int, Field(ge=0, le=10_000)] = 0


class AllLettersPress(CallbackData, prefix="ua"):
    action: LetterAction
    until_ms: Annotated[int, Field(ge=0, le=2**46)]
    """What failed later was not on the list."""


class BudgetStep(StrEnum):
    LIST = "l"
    """All budgets."""
    OPEN = "o"
    """One of them, with what can be done about it."""
    GRANT = "g"
    """Five dollars more, for this period only."""
    GRANT_HERE = "h"
    """The same, pressed under a refused request, which stays on the screen."""
    ADD = "a"
    """Raises the limit by five dollars."""
    DOUBLE = "d"
    """Raises the limit to twice as much."""
    FREE = "f"
    """Takes the limit away."""
    DENY = "n"
    ASK = "q"
    """A person asks the admins for more."""


class BudgetPress(CallbackData, prefix="bg"):
    step: BudgetStep
    scope: BudgetScope = BudgetScope.TEAM
    scope_id: Annotated[int, Field(ge=-(2**52), le=2**52)] = 0
    """A row's id or a chat's; of Telegram's numbers none is longer."""
    period: BudgetPeriod = BudgetPeriod.MONTH
    starts_on: Annotated[int, Field(ge=0, le=9_999_999)] = 0
    """Ordinal of the period's first day: a press in a later period changes nothing."""
    limit_cents: Annotated[int, Field(ge=0, le=10**11)] = 0
    """With what was granted, when the buttons were drawn: an older press changes nothing."""


class HaltStep(StrEnum):
    HALT = "h"
    LIFT = "l"
    BACK = "b"


class HaltPress(CallbackData, prefix="kl"):
    step: HaltStep
    project_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    """0: everything."""


class SpendPress(CallbackData, prefix="sp"):
    """What the picture of /spend shows; whose spending it is follows from who presses."""

    period: SpendingPeriod = SpendingPeriod.THIRTY
    group: SpendingGroup = SpendingGroup.MODEL
    dark: bool = False
    as_file: bool = False


class SpendAnewPress(CallbackData, prefix="sn"):
    """/spend in a message of its own, in private."""

    period: SpendingPeriod
    group: SpendingGroup


class DigestPress(CallbackData, prefix="sd"):
    """How often administrators are told what was spent."""

    cadence: DigestCadence
    shown: SpendingPeriod | None = None
    """Of the picture of /spend that the button is under; None: it is under a digest."""
    group: SpendingGroup = SpendingGroup.MODEL
    dark: bool = False


class BatchStep(StrEnum):
    CONFIRM = "y"
    CANCEL = "n"


class BatchPress(CallbackData, prefix="ba"):
    """Under a night run."""

    batch_id: RowId
    version: Version
    step: BatchStep
