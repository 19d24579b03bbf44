"""What the bot can learn about a chat and do in it: members, pins, reactions, topics, typing."""

from aiogram import methods as api
from aiogram import types
from aiogram.enums import ChatAction

from tests.emulators.telegram.addressing import AddressBook
from tests.emulators.telegram.chats import GENERAL_TOPIC, Chat, Membership, Topic
from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.events import Event
from tests.emulators.telegram.inbox import BotInbox, as_chat_member
from tests.emulators.telegram.messages import MessageBoard
from tests.emulators.telegram.methods.table import Handlers
from tests.emulators.telegram.state import TelegramState

ACTIONS = frozenset(action.value for action in ChatAction)
TOPIC_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


class ChatMethods:
    def __init__(self, state: TelegramState, board: MessageBoard, inbox: BotInbox, addresses: AddressBook) -> None:
        self._state = state
        self._board = board
        self._inbox = inbox
        self._addresses = addresses

    def handlers(self) -> Handlers:
        return {
            api.GetChat: self.get_chat,
            api.GetChatMember: self.get_member,
            api.GetChatAdministrators: self.get_administrators,
            api.GetChatMemberCount: self.count_members,
            api.LeaveChat: self.leave,
            api.SendChatAction: self.send_action,
            api.SetMessageReaction: self.react,
            api.PinChatMessage: self.pin,
            api.UnpinChatMessage: self.unpin,
            api.UnpinAllChatMessages: self.unpin_all,
            api.CreateForumTopic: self.create_topic,
            api.CloseForumTopic: self.close_topic,
            api.ReopenForumTopic: self.reopen_topic,
        }

    async def get_chat(self, call: api.GetChat) -> types.ChatFullInfo:
        chat = self._addresses.chat(call.chat_id)
        if not chat.is_private:
            self._addresses.open_chat(call.chat_id)
        info = chat.info.model_dump(exclude_none=True, exclude_unset=True)
        no_gifts = dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        )
        details: dict[str, object] = {
            **info,
            "accent_color_id": abs(chat.id) % 7,
            "max_reaction_count": 11,
            "accepted_gift_types": no_gifts,
        }
        if chat.pinned:
            details["pinned_message"] = chat.messages[chat.pinned[-1]].message
        return types.ChatFullInfo.model_validate(details)

    async def get_member(self, call: api.GetChatMember) -> types.ChatMemberUnion:
        chat = self._addresses.open_chat(call.chat_id)
        member = chat.membership(call.user_id)
        if member is None:
            user = self._state.user(call.user_id)
            if user is None:
                raise bad_request("user not found")
            member = Membership(user, "left")
        return as_chat_member(member)

    async def get_administrators(self, call: api.GetChatAdministrators) -> list[types.ChatMemberUnion]:
        chat = self._addresses.open_chat(call.chat_id)
        if chat.is_private:
            raise bad_request("there are no administrators in the private chat")
        return [as_chat_member(member) for member in chat.present_members() if member.is_admin]

    async def count_members(self, call: api.GetChatMemberCount) -> int:
        return len(self._addresses.open_chat(call.chat_id).present_members())

    async def leave(self, call: api.LeaveChat) -> bool:
        chat = self._addresses.open_chat(call.chat_id)
        member = chat.membership(self._state.bot.id)
        if chat.is_private or member is None:
            raise bad_request("chat member status can't be changed in private chats")
        old, member.status = member.status, "left"
        self._inbox.member_changed(chat, self._state.bot, member, old)
        return True

    async def send_action(self, call: api.SendChatAction) -> bool:
        chat = self._addresses.open_chat(call.chat_id)
        if call.action not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        # Unlike the send methods, this one accepts General by its id.
        thread = None if call.message_thread_id == GENERAL_TOPIC and chat.is_forum else call.message_thread_id
        topic_id = self._addresses.topic(chat, thread)
        data: dict[str, object] = {"action": call.action, "topic_id": topic_id}
        self._state.events.publish(Event("typing", chat.id, data=data))
        return True

    async def react(self, call: api.SetMessageReaction) -> bool:
        chat = self._addresses.open_chat(call.chat_id)
        stored = self._addresses.message(chat, call.message_id, "message to react not found")
        reactions = list(call.reaction or [])
        if len(reactions) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        stored.reactions[self._state.bot.id] = reactions
        self._board.tell_changed(stored, "reaction")
        return True

    async def pin(self, call: api.PinChatMessage) -> bool:
        chat = self._manageable(call.chat_id)
        stored = self._addresses.message(chat, call.message_id, "message to pin not found")
        if stored.id in chat.pinned:
            chat.pinned.remove(stored.id)
        chat.pinned.append(stored.id)
        self._board.tell_changed(stored, "pin")
        return True

    async def unpin(self, call: api.UnpinChatMessage) -> bool:
        chat = self._manageable(call.chat_id)
        message_id = call.message_id or (chat.pinned[-1] if chat.pinned else None)
        if message_id not in chat.pinned:
            raise bad_request("message to unpin not found")
        chat.pinned.remove(message_id)
        return True

    async def unpin_all(self, call: api.UnpinAllChatMessages) -> bool:
        self._manageable(call.chat_id).pinned.clear()
        return True

    async def create_topic(self, call: api.CreateForumTopic) -> types.ForumTopic:
        chat = self._manageable(call.chat_id)
        if not chat.is_forum:
            raise bad_request("the chat is not a forum")
        name = call.name.strip()
        if not 1 <= len(name) <= 128:
            raise bad_request("TOPIC_TITLE_EMPTY" if not name else "topic name is too long")
        color = call.icon_color or TOPIC_COLORS[0]
        topic = open_topic(self._board, chat, self._state.bot, name, color)
        return types.ForumTopic(message_thread_id=topic.id, name=name, icon_color=color)

    async def close_topic(self, call: api.CloseForumTopic) -> bool:
        self._topic(call.chat_id, call.message_thread_id).is_closed = True
        return True

    async def reopen_topic(self, call: api.ReopenForumTopic) -> bool:
        self._topic(call.chat_id, call.message_thread_id).is_closed = False
        return True

    def _topic(self, chat_id: int | str, thread_id: int) -> Topic:
        topic = self._manageable(chat_id).topics.get(thread_id)
        if topic is None:
            raise bad_request("message thread not found")
        return topic

    def _manageable(self, chat_id: int | str) -> Chat:
        """A private chat, or a group in which the bot is an administrator."""
        chat = self._addresses.open_chat(chat_id)
        own = chat.membership(self._state.bot.id)
        if not chat.is_private and not (own and own.is_admin):
            raise bad_request("not enough rights to manage the chat")
        return chat


def open_topic(board: MessageBoard, chat: Chat, by: types.User, title: str, color: int = TOPIC_COLORS[0]) -> Topic:
    """Opens a topic; the service message that does so gives it its id."""
    topic_id = chat.last_id + 1
    chat.topics[topic_id] = Topic(topic_id, title)
    board.post(chat, by, {"forum_topic_created": {"name": title, "icon_color": color}}, topic_id=topic_id)
    return chat.topics[topic_id]
