"""Who plays: a few dozen people, three who approve, and their groups."""

from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from services.domain.member import MemberStatus, Role
from services.retrieval.brand_folder import read_brand_folder
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.people import Person

FIRST_ID = 7001
APPROVERS = 3
"""The first is the administrator."""


@dataclass(frozen=True, slots=True)
class Crowd:
    approvers: tuple[Person, ...]
    writers: tuple[Person, ...]
    groups: tuple[Group, ...]

    @property
    def everybody(self) -> tuple[Person, ...]:
        return self.approvers + self.writers


def gather(telegram: TelegramEmulator, writers: int, groups: int) -> Crowd:
    """Half of the people read Russian, half English; each group holds an approver and a few writers."""
    people = [
        telegram.add_person(f"Person {n}", language_code="ru" if n % 2 else "en", user_id=FIRST_ID + n)
        for n in range(APPROVERS + writers)
    ]
    approvers, rest = tuple(people[:APPROVERS]), tuple(people[APPROVERS:])
    rooms = []
    for n in range(groups):
        members = [approvers[n % APPROVERS], *rest[n::groups][:6]]
        rooms.append(telegram.add_group(f"Team {n}", members, supergroup=n % 2 == 1, forum=n % 4 == 3))
    return Crowd(approvers, rest, tuple(rooms))


async def enlist(settings: Settings, crowd: Crowd, knowledge: Path) -> None:
    """The team and the brand stand in the database, as if they had been there for a while."""
    await upgrade_schema(settings.sql_url)
    engine = open_engine(settings.sql_url)
    try:
        brand = read_brand_folder(knowledge / "quiet-hour")
        async with SqlStore(engine).transaction() as tx:
            await tx.projects.ensure(brand.slug, brand.name, brand.profile)
            for number, person in enumerate(crowd.everybody):
                role = Role.ADMIN if number == 0 else Role.APPROVER if person in crowd.approvers else Role.MEMBER
                await tx.members.add(person.id, person.user.full_name, None, role=role, status=MemberStatus.ACTIVE)
    finally:
        await engine.dispose()
