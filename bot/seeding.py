"""The brands of KNOWLEDGE_DIR become projects at start, so that the first question already has a brand behind it."""

import asyncio
from pathlib import Path

from loguru import logger

from services.assistant.recognize_chat import default_project
from services.domain.errors import InputError, QueueUnavailable
from services.queue.ports import JobName, JobQueue
from services.retrieval.brand_folder import BrandFolder, brand_folders, read_brand_folder
from services.store.ports import Store


async def seed_projects(store: Store, jobs: JobQueue, knowledge: Path, default_slug: str | None) -> None:
    """Projects are made or brought up to date; their documents are left to a worker (unchanged ones cost nothing)."""
    brands = await asyncio.to_thread(_read_brands, knowledge)
    async with store.transaction() as tx:
        projects = [await tx.projects.ensure(brand.slug, brand.name, brand.profile) for brand in brands]
        chosen = await default_project(tx, default_slug)
    if default_slug not in (None, chosen.slug):
        logger.error("DEFAULT_PROJECT={} is not known: new chats belong to {}", default_slug, chosen.slug)
    for brand, project in zip(brands, projects, strict=True):
        try:
            await jobs.enqueue(JobName.INGEST_PATH, project_id=project.id, path=str(brand.root.resolve()))
        except QueueUnavailable:
            logger.warning(
                "knowledge of project {} waits: the queue is away; `muza ingest` does it by hand", project.id
            )


def _read_brands(knowledge: Path) -> list[BrandFolder]:
    brands = []
    for folder in brand_folders(knowledge):
        try:
            brands.append(read_brand_folder(folder))
        except InputError as error:
            logger.error("brand folder skipped: {}", error)
    return brands
