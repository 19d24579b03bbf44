"""What the product finds when it wakes: one who writes, one who approves, and the starter brand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.domain.member import MemberStatus, Role
from services.retrieval.brand_folder import brand_folders, read_brand_folder
from services.retrieval.ingestion import Ingestion
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from tests.emulators.telegram.demo_cast import DemoCast
from tests.emulators.telegram.people import Person
from tests.fakes.retrieval import MemoryKeywordIndex


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


async def learn_brands(store: SqlStore, knowledge: Path) -> None:
    """What a worker of the product does after the bot has started: done meanwhile, it makes the demo ready some seconds
    earlier, and the worker finds nothing changed. The product's own keyword index catches up from the database."""
    ingestion = Ingestion(SqlPassageSource(store), MemoryKeywordIndex(), None, None)
    for folder in brand_folders(knowledge):
        brand = read_brand_folder(folder)
        async with store.transaction() as tx:
            project = await tx.projects.ensure(brand.slug, brand.name, brand.profile)
        await ingestion.ingest_files(project.id, brand.root, brand.documents)
