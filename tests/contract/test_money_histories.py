"""Random histories of calls that run into each other and die anywhere. `python -m benchmarks.budgets` plays more."""

from collections.abc import AsyncIterator

import pytest

from services.store.engine import open_engine
from services.store.sql_store import SqlStore
from tests.contract.money_history import History, World, play
from tests.store_rows import a_member, a_project

HISTORIES = 25


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    engine = open_engine(store_url)
    store = SqlStore(engine)
    members = tuple([(await a_member(store)).id for _ in range(3)])
    projects = tuple([(await a_project(store)).id for _ in range(2)])
    yield World(engine, store, members, projects)
    await engine.dispose()


async def test_no_limit_is_passed_and_nothing_stays_reserved(world: World) -> None:
    history = History()
    for seed in range(HISTORIES):
        await play(world, seed, history)
    assert history.problems == []
    assert min(history.accepted, history.refused, history.died, history.looks) > HISTORIES // 5, history
