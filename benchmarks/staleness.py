"""How far the screen was behind the model: every preview is found in the stream again, token by token."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aiogram.methods import EditMessageText, SendRichMessageDraft, TelegramMethod

from handlers.i18n import Texts
from handlers.views.progress import progress_message, rich_progress
from services.domain.brief import Task
from services.domain.generation import Stage
from services.domain.idea import Draft
from services.llm.draft_reader import DraftReader
from tests.emulators.openai.tokens import encoding_of, pieces
from tests.emulators.telegram.journal import Call

Draw = Callable[[Stage, Draft, Texts], str]


@dataclass(frozen=True, slots=True)
class Stream:
    """One answer as the model wrote it: token number `n` (1-based) left at `first + n / per_second`."""

    text: str
    model: str
    first: float
    per_second: float

    def prefixes(self) -> list[str]:
        """The text after each token; the empty one is number 0."""
        found = [""]
        for piece, size in pieces(self.model, encoding_of(self.model).encode_ordinary(self.text), 1):
            if size:
                found.append(found[-1] + piece)
        return found

    def left_at(self, token: int) -> float:
        return self.first + token / self.per_second


def shown_text(method: TelegramMethod[object] | None) -> str | None:
    if isinstance(method, EditMessageText):
        return method.text
    if isinstance(method, SendRichMessageDraft):
        return method.rich_message.markdown
    return None


def mean_staleness(stream: Stream, calls: Sequence[Call], final_at: float, texts: Texts) -> float:
    """Seconds: the age of the oldest token that is not on the screen, averaged from the first token to the last."""
    known = _tokens_by_text(stream, texts)
    total = max(known.values())
    moments = [(stream.left_at(0), 0)]
    for call in sorted(calls, key=lambda one: one.arrived):
        token = known.get(shown_text(call.arguments) or "")
        if call.ok and token is not None:
            moments.append((call.arrived, max(token, moments[-1][1])))
    end = stream.left_at(total)
    moments.append((max(final_at, end), total))
    behind = 0.0
    for (since, shown), (until, _) in pairwise(moments):
        behind += _integral(stream.left_at(shown + 1), max(since, stream.first), min(until, end))
    return behind / (end - stream.first)


def _integral(oldest_missing: float, since: float, until: float) -> float:
    """∫ of the age of a token that left at `oldest_missing`."""
    since = max(since, oldest_missing)
    return 0.0 if until <= since else ((until - oldest_missing) ** 2 - (since - oldest_missing) ** 2) / 2


def _tokens_by_text(stream: Stream, texts: Texts) -> dict[str, int]:
    """What a screen shows → the last token it may have been drawn from."""
    reader, known = DraftReader(Task.IDEA), dict[str, int]()
    for number, prefix in enumerate(stream.prefixes()):
        draft = reader.read_partial(prefix)
        known[progress_message(Stage.DRAFT, draft, texts).parts[0].text] = number
        known[rich_progress(Stage.DRAFT, draft, texts)] = number
    return known
