"""Documents: can all of them be read here, is the knowledge folder there, is a restore half done?"""

import asyncio
from importlib.util import find_spec
from pathlib import Path

from bot.doctor.finding import Finding, failure, ok, warning
from bot.settings import Settings
from services.domain.errors import StoreUnavailable
from services.retrieval.brand_folder import brand_folders
from services.store.sql_installation import SqlInstallation

READERS = {"xberg": "DOCX, PPTX, XLSX, PDF, …", "pypdfium2": "PDF", "trafilatura": "HTML"}
"""Libraries, and what is not read without them."""
SQLITE = "sqlite+aiosqlite:///"


async def check_documents(settings: Settings) -> list[Finding]:
    folder = await asyncio.to_thread(_check_folder, settings.knowledge_dir)
    is_new = await asyncio.to_thread(_has_no_database, settings.sql_url)
    return [_check_readers(), folder, *([] if is_new else await _check_restore(settings.sql_url))]


def _check_readers() -> Finding:
    missing = [name for name in READERS if find_spec(name) is None]
    if not missing:
        return ok("documents_readers")
    formats = ", ".join(READERS[name] for name in missing)
    return warning("documents_no_readers", names=", ".join(missing), formats=formats)


def _check_folder(folder: Path) -> Finding:
    brands = len(brand_folders(folder)) if folder.is_dir() else 0
    if brands:
        return ok("knowledge_folder", folder=str(folder), brands=brands)
    return warning("knowledge_folder_empty", folder=str(folder))


def _has_no_database(url: str) -> bool:
    return url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists()


async def _check_restore(url: str) -> list[Finding]:
    """Nothing where the database does not answer: another check says so."""
    try:
        return [failure("restore_unfinished")] if await SqlInstallation(url).unfinished() else []
    except StoreUnavailable:
        return []
