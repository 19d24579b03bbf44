"""People, brands and chats, as the use cases see them."""

from collections.abc import Sequence
from typing import Protocol

from services.domain.chat import Chat, ChatKind
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role, StreamTransport, VoiceReplies
from services.domain.project import BrandProfile, Project


class Members(Protocol):
    async def by_telegram_id(self, telegram_id: int) -> Member | None: ...
    async def get(self, member_id: int) -> Member | None: ...
    async def add(
        self, telegram_id: int, name: str, username: str | None, *, role: Role, status: MemberStatus
    ) -> Member:
        """The row of this person, made if it is not there (a second call returns the first row unchanged)."""
        ...

    async def change(
        self,
        member_id: int,
        *,
        role: Role | None = None,
        status: MemberStatus | None = None,
        language: Language | None = None,
        stream_transport: StreamTransport | None = None,
        voice_replies: VoiceReplies | None = None,
    ) -> Member:
        """Only what is given changes."""
        ...

    async def seen(self, member_id: int, name: str, username: str | None, client_language: Language | None) -> Member:
        """How Telegram shows the person today: all three are set, a username that is gone too."""
        ...

    async def settle_request(self, member_id: int, status: MemberStatus) -> Member | None:
        """REQUESTED → `status` in one statement; None when the request was settled already."""
        ...

    async def list(self, *, status: MemberStatus | None = None, role: Role | None = None) -> Sequence[Member]: ...


class Projects(Protocol):
    async def ensure(self, slug: str, name: str, profile: BrandProfile) -> Project:
        """Made, or brought up to date with `name` and `profile`."""
        ...

    async def get(self, project_id: int) -> Project | None: ...
    async def by_slug(self, slug: str) -> Project | None: ...
    async def list(self) -> Sequence[Project]: ...


class Chats(Protocol):
    async def ensure(self, chat_id: int, kind: ChatKind, title: str, project_id: int) -> Chat:
        """The chat's row; an existing one keeps its project and takes the new title and kind."""
        ...

    async def get(self, chat_id: int) -> Chat | None: ...
    async def bind_project(self, chat_id: int, project_id: int) -> Chat: ...
    async def close(self, chat_id: int) -> bool:
        """Nobody can be reached there. True when it was open until now."""
        ...

    async def reopen(self, chat_id: int) -> bool:
        """True when it was closed until now."""
        ...

    async def move(self, old_id: int, new_id: int) -> bool:
        """A group became a supergroup: its row, briefs, attempts, turns and questions change their chat id and forget
        their message ids, which mean other messages there. False: there was nothing left to move."""
        ...
