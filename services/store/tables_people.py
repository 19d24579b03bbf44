"""Who talks to Muza, where, and for which brand."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table

from services.domain.chat import ChatKind
from services.domain.language import Language
from services.domain.member import MemberStatus, Role, StreamTransport, VoiceReplies
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
from services.store.metadata import metadata

members = Table(
    "members",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("telegram_id", BigInteger, nullable=False, unique=True),
    Column("name", PersonText, nullable=False),
    Column("username", PersonText),
    Column("role", enum_column(Role), nullable=False),
    Column("status", enum_column(MemberStatus), nullable=False),
    Column("language", enum_column(Language)),
    Column("client_language", enum_column(Language)),
    Column("stream_transport", enum_column(StreamTransport), nullable=False),
    Column("voice_replies", enum_column(VoiceReplies), nullable=False, server_default=VoiceReplies.OFF.value),
    Column("created_at", UtcDateTime, nullable=False),
)

projects = Table(
    "projects",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("slug", PersonText, nullable=False, unique=True),
    Column("name", PersonText, nullable=False),
    Column("profile", json_column(), nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", enum_column(ChatKind), nullable=False),
    Column("title", PersonText, nullable=False),
    Column("project_id", ForeignKey("projects.id"), nullable=False, index=True),
    Column("closed_at", UtcDateTime),  # the bot was blocked or removed; speaking there is refused until it is let in
)
