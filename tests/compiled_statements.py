"""Every test opens engines of its own, and an engine compiles each statement anew. In a test process all engines of one
driver share the compiled statements of their dialect."""

from typing import Any

import pytest
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.store import engine as opening

_dialects: dict[str, Dialect] = {}
_compiled: dict[Any, Any] = {}


def pytest_configure(config: pytest.Config) -> None:
    vars(opening)[create_async_engine.__name__] = _create_sharing


def _create_sharing(*arguments: Any, **options: Any) -> AsyncEngine:
    made = create_async_engine(*arguments, **options)
    engine = made.sync_engine
    kept = _dialects.get(engine.dialect.driver)
    if kept is None or kept.server_version_info is None:  # has never been connected: does not know its server yet
        kept = _dialects[engine.dialect.driver] = engine.dialect
    engine.dialect = kept
    engine._compiled_cache = _compiled
    return made
