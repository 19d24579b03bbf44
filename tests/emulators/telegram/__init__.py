"""A small Telegram: the Bot API over real HTTP, strict where Telegram is strict, with people who use the bot.

See README.md beside this file.
"""

from tests.emulators.telegram.attachments import Attachment, audio, document, photo, video_note, voice
from tests.emulators.telegram.callbacks import CallbackAnswer, PendingCallback
from tests.emulators.telegram.client import bot_for
from tests.emulators.telegram.clock import Clock, ManualClock, SystemClock
from tests.emulators.telegram.demo_cast import DemoCast, demo_cast
from tests.emulators.telegram.drafts import Draft
from tests.emulators.telegram.emulator import DEFAULT_TOKEN, TelegramEmulator
from tests.emulators.telegram.faults import Fault
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.journal import Call
from tests.emulators.telegram.keyboards import buttons
from tests.emulators.telegram.limits import Limits
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.server import RunningServer, running, serve
from tests.emulators.telegram.waiting import text_of

__all__ = [
    "DEFAULT_TOKEN",
    "Attachment",
    "Call",
    "CallbackAnswer",
    "Clock",
    "DemoCast",
    "Draft",
    "Fault",
    "Group",
    "Limits",
    "ManualClock",
    "PendingCallback",
    "Person",
    "RunningServer",
    "SystemClock",
    "TelegramEmulator",
    "audio",
    "bot_for",
    "buttons",
    "demo_cast",
    "document",
    "photo",
    "running",
    "serve",
    "text_of",
    "video_note",
    "voice",
]
