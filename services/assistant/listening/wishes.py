"""What a recording asks for, and when that begins: rules that understanding and starting share."""

from datetime import datetime, timedelta

from services.domain.brief import Task
from services.domain.question import Purpose
from services.domain.recording import Intent, Recording, SpokenAction

LOW_CONFIDENCE = 0.5
"""Of a transcript, 0–1: below it words are too likely misheard to spend money on them without a tap."""
TASKS = {SpokenAction.IDEA: Task.IDEA, SpokenAction.ASK: Task.ASK}
ACTIONS = {task: action for action, task in TASKS.items()}


def own_words(recording: Recording) -> str:
    """What the person asks for: the caption, with what they say where the voice is their own. Other people's speech is
    no order, so there it is the caption alone, and may be empty."""
    said = (recording.request.words, recording.text) if recording.request.is_own else (recording.request.words,)
    return "\n\n".join(part.strip() for part in said if part.strip())


def material_of(recording: Recording) -> str | None:
    """What the words point at: the speech itself when it is somebody else's, else the part of a message that the
    person marked."""
    return (recording.request.quote if recording.request.is_own else recording.text) or None


def with_quote(recording: Recording, text: str) -> str:
    """Telegram lets a person mark a part of the message they reply to: that part is what the words are about."""
    quote = recording.request.quote.strip()
    if not quote:
        return text
    marked = "\n".join(f"> {line}" for line in quote.splitlines())
    return f"{marked}\n\n{text}".strip()


def answers_question(recording: Recording) -> bool:
    """An announcement is sent as it is and never understood."""
    return recording.request.purpose in {purpose.value for purpose in Purpose} - {Purpose.BROADCAST.value}


def when_to_start(recording: Recording, intent: Intent, now: datetime, start_seconds: float) -> datetime | None:
    """None: a tap is needed. `start_seconds`: the pause for a correction; 0 at once, negative: always a tap. What
    the person has just written themselves needs neither."""
    if not intent.is_certain or intent.action is SpokenAction.CHOOSE:
        return None
    if recording.is_corrected:
        return now
    if start_seconds < 0 or (recording.confidence is not None and recording.confidence < LOW_CONFIDENCE):
        return None
    return now + timedelta(seconds=start_seconds)
