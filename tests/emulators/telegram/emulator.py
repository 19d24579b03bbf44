"""The emulator as a whole: one small Telegram with one bot in it."""

import random

from aiogram.types import Message, User
from pydantic_core import to_json

from tests.emulators.telegram.addressing import AddressBook
from tests.emulators.telegram.bot_api import Answer, BotApi
from tests.emulators.telegram.callbacks import DEFAULT_LIFETIME, CallbackDesk
from tests.emulators.telegram.chats import Chat, Membership, MemberStatus
from tests.emulators.telegram.clock import Clock, SystemClock
from tests.emulators.telegram.drafts import DraftBoard
from tests.emulators.telegram.errors import ApiError
from tests.emulators.telegram.events import Event
from tests.emulators.telegram.faults import FaultPlan
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.inbox import BotInbox
from tests.emulators.telegram.journal import Journal
from tests.emulators.telegram.limits import LimitKeeper, Limits
from tests.emulators.telegram.messages import MessageBoard
from tests.emulators.telegram.methods.chat_info import ChatMethods
from tests.emulators.telegram.methods.copying import CopyingMethods
from tests.emulators.telegram.methods.editing import EditingMethods
from tests.emulators.telegram.methods.media import MediaMethods
from tests.emulators.telegram.methods.profile import ProfileMethods
from tests.emulators.telegram.methods.receiving import ReceivingMethods
from tests.emulators.telegram.methods.table import MethodTable
from tests.emulators.telegram.methods.texts import TextMethods
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.polling import LongPolling
from tests.emulators.telegram.state import TelegramState
from tests.emulators.telegram.updates import QueuedUpdate, UpdateQueue
from tests.emulators.telegram.webhooks import WebhookPusher

DEFAULT_TOKEN = "1000001:emulated-token"


class TelegramEmulator:
    """Bot API over HTTP on one side, people who write and press buttons on the other.

    The bot's id is the number before the colon in its token, as in Telegram.
    """

    def __init__(
        self,
        token: str = DEFAULT_TOKEN,
        *,
        bot_name: str = "Muza",
        bot_username: str = "muza_bot",
        limits: Limits | None = None,
        clock: Clock | None = None,
        callback_lifetime: float = DEFAULT_LIFETIME,
        sees_all_group_messages: bool = False,
        seed: int | None = None,
    ) -> None:
        self.token = token
        self.clock = clock or SystemClock()
        bot = User(id=int(token.partition(":")[0]), is_bot=True, first_name=bot_name, username=bot_username)
        self.state = TelegramState(self.clock, bot)
        self.state.profile.sees_all_group_messages = sees_all_group_messages
        generator = random.Random(seed)
        self.journal = Journal()
        self.faults = FaultPlan(seed or 0)
        self.limits = LimitKeeper(self.clock, limits or Limits())
        self.updates = UpdateQueue(self.clock, generator)
        self.board = MessageBoard(self.state)
        self.inbox = BotInbox(self.state, self.updates)
        self.drafts = DraftBoard(self.state)
        self.callbacks = CallbackDesk(self.state, callback_lifetime)
        self.polling = LongPolling(self.updates)
        self.pusher = WebhookPusher(self.updates, self.clock, generator)
        self.api = BotApi(self.clock, self._methods(), self.limits, self.faults, self.journal)
        self.people: dict[int, Person] = {}
        self.updates.on_confirmed.append(self._mark_read)

    def _methods(self) -> MethodTable:
        addresses = AddressBook(self.state)
        media = MediaMethods(self.state, self.board, self.drafts, addresses)
        table = MethodTable()
        for group in (
            TextMethods(self.state, self.board, self.drafts, addresses),
            media,
            EditingMethods(self.state, self.board, addresses, media),
            CopyingMethods(self.state, self.board, addresses),
            ChatMethods(self.state, self.board, self.inbox, addresses),
            ProfileMethods(self.state),
            ReceivingMethods(self.updates, self.polling, self.pusher, self.callbacks),
        ):
            table.include(group.handlers())
        return table

    def add_person(
        self,
        first_name: str,
        last_name: str | None = None,
        *,
        username: str | None = None,
        language_code: str | None = None,
        user_id: int | None = None,
        started: bool = True,
    ) -> Person:
        """`started=False`: a person to whom the bot may not write yet."""
        user = self.state.add_user(
            first_name, last_name, username=username, language_code=language_code, user_id=user_id
        )
        if started:
            self.state.started.add(user.id)
        person = Person(self, user)
        self.people[user.id] = person
        return person

    def add_group(
        self,
        title: str,
        people: list[Person],
        *,
        forum: bool = False,
        supergroup: bool = False,
        admins: list[Person] | None = None,
        bot: MemberStatus = "member",
    ) -> Group:
        """A group that has existed for a while: nobody is told of its creation. The first person owns it."""
        admin_ids = {person.id for person in admins or []}
        members = [Membership(self.state.bot, bot)]
        for position, person in enumerate(people):
            status: MemberStatus = "administrator" if person.id in admin_ids else "member"
            members.append(Membership(person.user, "creator" if position == 0 else status))
        return Group(self, self.state.add_group(title, members, supergroup=supergroup, forum=forum))

    def chat(self, chat_id: int) -> Chat:
        return self.state.chats[chat_id]

    def messages(self, chat: Group | Person) -> list[Message]:
        """Everything in a group or in a person's private chat, oldest first; ephemeral messages are left out."""
        return [stored.message for stored in self.state.chats[chat.id].messages.values()]

    def refuse(self, refusal: ApiError) -> Answer:
        """The answer to a request that does not get as far as a method."""
        return Answer(refusal.code, to_json(refusal.body()))

    def close(self) -> None:
        """Ends long polls and event streams, so that a server can stop."""
        self.polling.close()
        self.state.events.close()

    def reopen(self) -> None:
        self.polling.reopen()
        self.state.events.reopen()

    def _mark_read(self, queued: QueuedUpdate) -> None:
        message = queued.update.message
        if message is not None:
            data: dict[str, object] = {"message_id": message.message_id}
            self.state.events.publish(Event("read", message.chat.id, data=data))
