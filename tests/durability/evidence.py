"""What the boards, the journals and the database say at the end, in a form that can be checked."""

from collections import defaultdict
from dataclasses import dataclass, field

from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message, Update

from handlers.callbacks import StopPress
from tests.durability.database import Database, Row
from tests.durability.marked_model import marks_in
from tests.durability.player import callbacks_of
from tests.durability.processes import Death
from tests.durability.stage import Stage
from tests.emulators.openai.meter import Call as ModelCall
from tests.emulators.telegram.chats import StoredMessage
from tests.emulators.telegram.journal import Call
from tests.emulators.telegram.waiting import text_of

STOP = f"{StopPress.__prefix__}:"
TABLES = ("inbox", "generations", "briefs", "reviews", "deliveries", "model_calls", "recordings", "recording_pieces")


@dataclass(frozen=True, slots=True)
class Version:
    """A message as it stood once."""

    text: str
    callbacks: tuple[str, ...]

    @property
    def is_progress(self) -> bool:
        """Work goes on: it has the Stop button."""
        return any(data.startswith(STOP) for data in self.callbacks)

    @property
    def shown(self) -> frozenset[int]:
        """Marks of the model's answers whose final stands here."""
        return frozenset() if self.is_progress else frozenset(marks_in(self.text))


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot, with all its versions, the last one being what people see at the end."""

    chat_id: int
    message_id: int
    posted: int
    reply_to: int | None
    versions: tuple[Version, ...]
    deleted: bool = False

    @property
    def last(self) -> Version:
        return self.versions[-1]

    @property
    def marks(self) -> frozenset[int]:
        return frozenset().union(*(version.shown for version in self.versions))

    @property
    def settled(self) -> bool:
        """Something other than progress has stood here."""
        return any(not version.is_progress for version in self.versions)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update, and whether Telegram could hand it over."""

    update: Update
    confirmed: bool
    posted: int = 0
    """Number in the order of all messages of all chats; 0 for what is no message."""


@dataclass
class Evidence:
    arrivals: list[Arrival]
    shown: list[Shown]
    telegram_calls: list[Call]
    model_calls: list[ModelCall]
    deaths: list[Death]
    tables: dict[str, list[Row]]
    replies: dict[tuple[int, int], list[Shown]] = field(default_factory=dict)
    press_answers: dict[str, list[int]] = field(default_factory=dict)
    """Statuses of answerCallbackQuery by query id; a lost answer (0) was applied all the same."""

    def __post_init__(self) -> None:
        replies: dict[tuple[int, int], list[Shown]] = defaultdict(list)
        for message in self.shown:
            if message.reply_to is not None:
                replies[message.chat_id, message.reply_to].append(message)
        self.replies = dict(replies)
        answers: dict[str, list[int]] = defaultdict(list)
        for call in self.telegram_calls:
            if isinstance(call.arguments, AnswerCallbackQuery):
                answers[call.arguments.callback_query_id].append(call.status)
        self.press_answers = dict(answers)

    def calls_refused_for_speed(self) -> int:
        return sum(call.status == 429 for call in self.telegram_calls)


def collect(stage: Stage) -> Evidence:
    bot_id = stage.telegram.state.bot.id
    boards = [stored for chat in stage.telegram.state.chats.values() for stored in chat.messages.values()]
    posted = {(stored.chat.id, stored.id): stored.posted for stored in boards}
    shown = [_shown(stored) for stored in boards if stored.sender.id == bot_id]
    shown += [_shown(stored, deleted=True) for stored in stage.witness.deleted() if stored.sender.id == bot_id]
    arrivals = []
    for queued in stage.witness.updates:
        message = queued.update.message
        place = (message.chat.id, message.message_id) if message is not None else (0, 0)
        arrivals.append(Arrival(queued.update, queued.id in stage.witness.confirmed, posted.get(place, 0)))
    return Evidence(
        arrivals,
        sorted(shown, key=lambda message: message.posted),
        list(stage.telegram.journal),
        list(stage.model.meter.calls),
        stage.crew.deaths(),
        read_tables(stage.database),
    )


def narrowed(evidence: Evidence, chat_id: int) -> Evidence:
    """What concerns one private chat."""
    tables = evidence.tables
    briefs = [row for row in tables["briefs"] if row["chat_id"] == chat_id]
    of_chat = {row["id"] for row in briefs}
    generations = [row for row in tables["generations"] if row["brief_id"] in of_chat]
    attempts = {row["id"] for row in generations}
    recordings = [row for row in tables["recordings"] if row["chat_id"] == chat_id]
    kept: dict[str, list[Row]] = {
        "briefs": briefs,
        "generations": generations,
        "inbox": [row for row in tables["inbox"] if row["lane"] == chat_id],
        "reviews": [row for row in tables["reviews"] if row["generation_id"] in attempts],
        # Cards are about other people's drafts: they are checked with the whole.
        "deliveries": [r for r in tables["deliveries"] if r["chat_id"] == chat_id and r["kind"] != "review_card"],
        "model_calls": [
            row
            for row in tables["model_calls"]
            if row["generation_id"] in attempts or row["recording_id"] in {each["id"] for each in recordings}
        ],
        "recordings": recordings,
        "recording_pieces": [
            row for row in tables["recording_pieces"] if row["recording_id"] in {each["id"] for each in recordings}
        ],
    }
    return Evidence(
        [arrival for arrival in evidence.arrivals if _chat_of(arrival.update) == chat_id],
        [message for message in evidence.shown if message.chat_id == chat_id],
        evidence.telegram_calls,
        [],
        [],
        kept,
    )


def _chat_of(update: Update) -> int | None:
    message = update.message or (update.callback_query.message if update.callback_query else None)
    return message.chat.id if message is not None else None


def read_tables(database: Database) -> dict[str, list[Row]]:
    return {table: database.all(table) for table in TABLES}


def _shown(stored: StoredMessage, *, deleted: bool = False) -> Shown:
    versions = tuple(_version(message) for message in (*stored.history, stored.message))
    answered = stored.message.reply_to_message
    return Shown(stored.chat.id, stored.id, stored.posted, answered.message_id if answered else None, versions, deleted)


def _version(message: Message) -> Version:
    return Version(text_of(message), tuple(callbacks_of(message)))
