"""A database through an archive into another engine, and back: the same rows."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from services.store.tables import documents
from tests.archives import Place
from tests.full_database import fill

WAYS = {"sqlite": "empty_postgres_url", "postgres": "blank_sqlite_url"}
"""By the engine that is backed up."""

pytestmark = pytest.mark.postgres


@pytest.fixture
def blank_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'new folder' / 'muza.db'}"


@pytest.fixture(params=sorted(WAYS))
def urls(request: pytest.FixtureRequest) -> tuple[str, str]:
    """From where and where to."""
    return request.getfixturevalue(f"{request.param}_url"), request.getfixturevalue(WAYS[request.param])


@pytest.fixture
async def place(urls: tuple[str, str], tmp_path: Path) -> Place:
    place = Place(urls[0], tmp_path / "files")
    async with place.engine() as engine:
        await fill(engine)
    return place


@pytest.fixture
def elsewhere(urls: tuple[str, str], tmp_path: Path) -> Place:
    return Place(urls[1], tmp_path / "other files")


def without_left_out(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Which vectors lie where is found out anew."""
    return {name: found for name, found in rows.items() if name != "passage_embeddings"}


async def test_every_row_of_every_table_comes_back_the_same(place: Place, elsewhere: Place, tmp_path: Path) -> None:
    before = await place.rows()
    assert all(before.values()), "no table is empty"
    await place.back_up(tmp_path / "b.tar.gz")
    report = await elsewhere.restore(tmp_path / "b.tar.gz")
    after = await elsewhere.rows()
    assert without_left_out(after) == without_left_out(before)
    assert after["passage_embeddings"] == []
    assert report.rows == sum(map(len, without_left_out(before).values()))
    assert await place.rows() == before
    last = max(row["id"] for row in before["documents"])
    async with elsewhere.engine() as engine, engine.begin() as connection:
        new = {**before["documents"][0], "source": "new"}
        del new["id"]
        written = await connection.execute(insert(documents).values(new).returning(documents.c.id))
        assert written.scalar_one() > last, "ids are not given out twice"
