"""Originals of what people give to the knowledge base: files from Telegram, links from the web. Implements
`services.assistant.knowledge.lesson_ports.OriginalSource`."""

import asyncio
from pathlib import Path

from bot.telegram_files import TelegramFiles
from services.assistant.knowledge.lesson_ports import FetchedOriginal
from services.domain.learning import Learning, LearningKind
from services.fetching.aiohttp_links import AiohttpLinks
from services.fetching.file_names import safe_name


class TelegramAndWeb:
    def __init__(self, files: TelegramFiles, links: AiohttpLinks) -> None:
        self._files = files
        self._links = links

    async def fetch(self, learning: Learning, into: Path) -> FetchedOriginal:
        if learning.kind is LearningKind.LINK:
            fetched = await self._links.fetch(learning.place, into)
            return FetchedOriginal(fetched.name, fetched.size_bytes)
        await self._files.download_document(learning, into)
        size = await asyncio.to_thread(lambda: into.stat().st_size)
        return FetchedOriginal(safe_name(learning.file_name), size)
