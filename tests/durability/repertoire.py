"""What people do, and how often."""

import random
from collections.abc import Callable
from enum import StrEnum, auto
from pathlib import Path

from tests.emulators.telegram.attachments import Attachment, document, photo, voice

BRIEFS = (
    "слоган для вечернего чая, заказ {n}",
    "три идеи поста о новинке, заказ {n}",
    "a headline for the autumn campaign, order {n}",
    "ideas for a short video about sleep, order {n}",
)
QUESTIONS = (
    "какие слова запрещены? вопрос {n}",
    "кто наша аудитория? вопрос {n}",
    "what is our tone of voice? question {n}",
    "which products do we have? question {n}",
)
SMALL_TALK = ("привет, как дела {n}", "а что ты умеешь? {n}", "hello there {n}", "спасибо {n}")
COMMANDS = ("help", "history", "settings", "start", "queue")


class Act(StrEnum):
    IDEA = auto()
    ASK = auto()
    COMMAND = auto()
    UNKNOWN_COMMAND = auto()
    TALK = auto()
    VOICE = auto()
    """Speech; nobody says what for."""
    SPOKEN_IDEA = auto()
    MEETING = auto()
    """Telegram says that it lasts for minutes."""
    FILE = auto()
    PHOTO = auto()
    ALBUM = auto()
    PRESS_REASONS = auto()
    PRESS_REGENERATE = auto()
    PRESS_BACK = auto()
    PRESS_PAGE = auto()
    PRESS_STOP = auto()
    PRESS_RETRY = auto()
    PRESS_APPROVE = auto()
    PRESS_SUBMIT = auto()
    PRESS_OLD = auto()
    """A button as it was drawn for an earlier version, or in an earlier life of the message."""
    PRESS_TWICE = auto()
    GROUP_IDEA = auto()
    GROUP_ASK = auto()
    GROUP_COMMAND = auto()
    GROUP_APPROVE = auto()


EVERYDAY: dict[Act, float] = {
    Act.IDEA: 13,
    Act.ASK: 7,
    Act.COMMAND: 18,
    Act.UNKNOWN_COMMAND: 2,
    Act.TALK: 5,
    Act.VOICE: 2,
    Act.SPOKEN_IDEA: 2,
    Act.MEETING: 1,
    Act.FILE: 4,
    Act.PHOTO: 2,
    Act.ALBUM: 2,
    Act.PRESS_REASONS: 12,
    Act.PRESS_REGENERATE: 7,
    Act.PRESS_BACK: 5,
    Act.PRESS_PAGE: 7,
    Act.PRESS_STOP: 2,
    Act.PRESS_RETRY: 1,
    Act.PRESS_APPROVE: 3,
    Act.PRESS_SUBMIT: 2,
    Act.PRESS_OLD: 3,
    Act.PRESS_TWICE: 2,
    Act.GROUP_IDEA: 1,
    Act.GROUP_ASK: 0.5,
    Act.GROUP_COMMAND: 0.7,
    Act.GROUP_APPROVE: 0.5,
}
"""Shares of all actions."""
ANSWERS_ONLY: dict[Act, float] = {Act.IDEA: 7, Act.ASK: 2, Act.PRESS_REASONS: 1.5, Act.PRESS_REGENERATE: 1.5}
"""For counting finals: almost every action brings one."""
APPROVERS_WORK: dict[Act, float] = {Act.PRESS_APPROVE: 6, Act.GROUP_APPROVE: 2, Act.IDEA: 1, Act.COMMAND: 1}
FILES: dict[Act, Callable[[bytes], Attachment]] = {
    Act.FILE: lambda data: document(data, "notes.txt", "text/plain"),
    Act.PHOTO: photo,
}


SPEECH = (Path(__file__).parents[1] / "data" / "audio" / "idea-ru.ogg").read_bytes()
SPOKEN: dict[Act, tuple[Attachment, str | None]] = {
    Act.VOICE: (voice(SPEECH), None),
    Act.SPOKEN_IDEA: (voice(SPEECH), "/idea"),
    Act.MEETING: (voice(SPEECH, duration=600), None),
}


class Words:
    """Texts that are never said twice."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._said = 0

    def one_of(self, texts: tuple[str, ...]) -> str:
        self._said += 1
        return self._random.choice(texts).format(n=self._said)
