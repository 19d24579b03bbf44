"""The people, chats and drafts that handler tests speak of."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.assistant.ports import Card
from services.domain.brief import Brief, Task
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.generation import Generation, GenerationState
from services.domain.idea import Draft, Idea
from services.domain.knowledge import Citation
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role, StreamTransport

WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WRITER = Member(1, 501, "Анна", "anna", Role.MEMBER, MemberStatus.ACTIVE, Language.RUSSIAN, StreamTransport.EDIT, WHEN)
APPROVER = replace(WRITER, id=2, telegram_id=502, name="Борис", username=None, role=Role.APPROVER)
ADMIN = replace(WRITER, id=3, telegram_id=503, name="Вера", username="vera", role=Role.ADMIN)
WAITING = replace(WRITER, id=4, telegram_id=504, name="Глеб", status=MemberStatus.REQUESTED)
BLOCKED = replace(WRITER, id=5, telegram_id=505, name="Дана", status=MemberStatus.BLOCKED)

PRIVATE = Chat(501, ChatKind.PRIVATE, "Анна", 1)
GROUP = Chat(-1001, ChatKind.SUPERGROUP, "Команда", 1)

CITATIONS = (
    Citation(1, "Книга бренда", "Голос › Тон", "brand.md", "1:1:0"),
    Citation(2, "Аудитория", "", "https://brand.example/audience", "2:1:0"),
)
IDEAS = Draft(
    ideas=(
        Idea("Тихая полка", "Полка, с которой **ничего** не надо брать.", "Пауза важнее скидки.", (1, 2)),
        Idea("Час без слов", "Кофейня молчит с 8 до 9.", "", ()),
    ),
    note="Не хватает срока кампании.",
    sources=(1,),
)
ANSWER = Draft(answer="Пишем спокойно и коротко.", sources=(1,))


def generation(**changes: Any) -> Generation:
    return replace(
        Generation(
            id=7,
            brief_id=3,
            number=1,
            state=GenerationState.IN_REVIEW,
            version=4,
            requested_by=WRITER.id,
            reply_to=ChatAddress(501, None, 10),
        ),
        **changes,
    )


def brief(**changes: Any) -> Brief:
    address = ChatAddress(501, None, 10)
    return replace(Brief(3, Task.IDEA, 1, WRITER.id, address, "слоган к осени", Language.RUSSIAN, WHEN), **changes)


def card(draft: Draft = IDEAS, **changes: Any) -> Card:
    made = Card(
        generation=generation(),
        brief=brief(),
        draft=draft,
        citations=CITATIONS,
        attempts=(7,),
        language=Language.RUSSIAN,
    )
    return replace(made, **changes)
