"""Who belongs to the team from the start: a copywriter who writes and an art director who approves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.domain.member import MemberStatus, Role
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from tests.emulators.telegram.demo_cast import DemoCast
from tests.emulators.telegram.people import Person


@asynccontextmanager
async def open_store(data_dir: Path) -> AsyncIterator[SqlStore]:
    """The product's own database; whoever comes first makes the tables."""
    url = f"sqlite+aiosqlite:///{data_dir / 'muza.db'}"
    await upgrade_schema(url)
    engine = open_engine(url)
    try:
        yield SqlStore(engine)
    finally:
        await engine.dispose()


async def take_in(store: SqlStore, cast: DemoCast) -> None:
    """The producer is an admin by ADMIN_IDS; the stranger stays one."""
    roles: list[tuple[Person, Role]] = [(cast.copywriter, Role.MEMBER), (cast.art_director, Role.APPROVER)]
    async with store.transaction() as tx:
        for person, role in roles:
            if await tx.members.get(person.id) is None:
                user = person.user
                await tx.members.add(person.id, user.full_name, user.username, role=role, status=MemberStatus.ACTIVE)
