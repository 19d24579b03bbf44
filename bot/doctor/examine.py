"""All checks, at the same time."""

import asyncio

import httpx2

from bot.doctor.cache import check_cache
from bot.doctor.documents import check_documents
from bot.doctor.embedding import check_embedding
from bot.doctor.finding import Finding
from bot.doctor.language_model import check_language_model
from bot.doctor.machine import check_machine
from bot.doctor.reranking import check_reranking
from bot.doctor.reviews import check_reviews
from bot.doctor.stores import check_chroma, check_redis, check_sql
from bot.doctor.telegram import check_telegram
from bot.doctor.transcription import check_transcription
from bot.settings import Settings

TIMEOUT_SECONDS = 5.0


async def examine(settings: Settings) -> list[Finding]:
    """Findings in the order in which a person would correct them. Changes nothing."""
    async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS) as http, asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(check_telegram(settings, http)),
            group.create_task(check_language_model(settings, http)),
            group.create_task(check_sql(settings)),
            group.create_task(check_redis(settings)),
            group.create_task(check_chroma(settings, http)),
            group.create_task(check_embedding(settings, http)),
            group.create_task(check_reranking(settings, http)),
            group.create_task(check_documents(settings)),
            group.create_task(asyncio.to_thread(check_cache, settings)),
            group.create_task(check_transcription(settings, http)),
            group.create_task(asyncio.to_thread(check_reviews, settings)),
            group.create_task(asyncio.to_thread(check_machine, settings)),
        ]
    return [finding for task in tasks for finding in task.result()]
