"""When the demo is ready: the bot has greeted the team, and knows the starter brand."""

import asyncio
from pathlib import Path

from services.retrieval.brand_folder import brand_folders, read_brand_folder
from services.store.sql_store import SqlStore
from tests.emulators.telegram.demo_cast import DemoCast

LOOK_EVERY_SECONDS = 0.1
GREETING_SECONDS = 60.0


async def wait_until_ready(cast: DemoCast, store: SqlStore, knowledge: Path) -> None:
    """Returns when both hold; how long to wait is the caller's affair."""
    await _wait_for_brands(store, await asyncio.to_thread(_documents_by_brand, knowledge))
    for person in (cast.producer, cast.copywriter, cast.art_director):
        await person.sees(lambda message: bool(message.text), timeout=GREETING_SECONDS)


def _documents_by_brand(knowledge: Path) -> dict[str, int]:
    brands = [read_brand_folder(folder) for folder in brand_folders(knowledge)]
    return {brand.slug: len(brand.documents) for brand in brands}


async def _wait_for_brands(store: SqlStore, expected: dict[str, int]) -> None:
    while True:
        async with store.reading() as tx:
            known = {project.slug: len(await tx.documents.list(project.id)) for project in await tx.projects.list()}
        if all(known.get(slug, 0) >= number for slug, number in expected.items()):
            return
        await asyncio.sleep(LOOK_EVERY_SECONDS)
