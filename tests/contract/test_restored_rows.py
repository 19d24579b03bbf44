"""After a restore nothing is sent, answered or paid for that belongs to another day."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.domain.archive import Quieted
from services.domain.batch import BatchState, CancelReason
from services.domain.broadcast import BroadcastState
from services.domain.delivery import DeliveryKind, DeliveryState
from services.domain.generation import GenerationState
from services.domain.learning import LearningState
from services.domain.recording import RecordingState
from services.store.sql_replacement import UNFINISHED
from services.store.tables import batches, broadcasts, deliveries, generations, inbox, learnings, lessons, recordings
from tests.archives import NOW, Place
from tests.fixtures_store import opened
from tests.full_database import fill


async def put_under_way(connection: AsyncConnection) -> None:
    """Every row of all that can be."""
    waiting = {"kind": DeliveryKind.REVIEW_CARD, "state": DeliveryState.NEW, "settled_at": None, "reported_at": None}
    await connection.execute(update(deliveries).values(broadcast_id=None, left_at=None, error_code=None, **waiting))
    ids = (await connection.execute(select(deliveries.c.id).order_by(deliveries.c.id))).scalars().all()
    left = update(deliveries).where(deliveries.c.id == ids[0]).values(state=DeliveryState.SENDING, left_at=NOW)
    await connection.execute(left)
    broadcast = select(func.min(broadcasts.c.id)).scalar_subquery()
    await connection.execute(update(deliveries).where(deliveries.c.id == ids[1]).values(broadcast_id=broadcast))
    await connection.execute(update(inbox).values(done_at=None, error_code=None))
    await connection.execute(update(generations).values(state=GenerationState.QUEUED, delivered_at=None))
    await connection.execute(update(recordings).values(state=RecordingState.FETCHED))
    await connection.execute(update(learnings).values(state=LearningState.READ))
    await connection.execute(update(lessons).values(version=5, shown_version=4))
    await connection.execute(update(broadcasts).values(state=BroadcastState.RUNNING))
    await connection.execute(update(batches).values(state=BatchState.CONFIRMED, cancel_reason=None))


@pytest.fixture
async def archive(sqlite_url: str, tmp_path: Path) -> Path:
    place = Place(sqlite_url, tmp_path / "files")
    async with place.engine() as engine:
        await fill(engine)
        async with engine.begin() as connection:
            await put_under_way(connection)
    await place.back_up(tmp_path / "b.tar.gz")
    return tmp_path / "b.tar.gz"


async def test_what_was_under_way_is_left_to_people(archive: Path, blank_url: str, tmp_path: Path) -> None:
    place = Place(blank_url, tmp_path / "other files")
    report = await place.restore(archive, resume=False)
    assert report.quieted == Quieted(
        deliveries=2, updates=3, generations=3, recordings=3, learnings=3, broadcasts=3, batches=3
    )
    rows = await place.rows()
    assert [row["state"] for row in rows["deliveries"]] == [
        DeliveryState.UNCERTAIN,
        DeliveryState.CANCELLED,
        DeliveryState.DEAD,
    ]
    assert all(row["done_at"] and row["error_code"] == "restored" for row in rows["inbox"])
    assert {row["state"] for row in rows["generations"]} == {GenerationState.FAILED}
    assert all(row["delivered_at"] for row in rows["generations"]), "nobody edits old messages"
    assert {row["failed_in"] for row in rows["recordings"]} == {RecordingState.FETCHED}
    assert all(row["version"] == row["shown_version"] for row in (*rows["recordings"], *rows["lessons"]))
    assert {row["cancel_reason"] for row in rows["batches"]} == {CancelReason.HALTED}
    async with opened(blank_url) as store, store.transaction() as tx:
        assert await tx.deliveries.claim_due(NOW) == []
        assert (await tx.dead_letters.unreported()).total == 2, "administrators are told"
        assert (await tx.dead_letters.page(0, 1))[0].delivery.error_code == "restored"


async def test_a_move_goes_on_where_it_was(archive: Path, sqlite_url: str, tmp_path: Path) -> None:
    place = Place(sqlite_url, tmp_path / "other files")
    assert (await place.restore(archive, force=True, resume=True)).quieted == Quieted()
    rows = await place.rows()
    assert {row["state"] for row in rows["generations"]} == {GenerationState.QUEUED}
    assert [row["state"] for row in rows["deliveries"]] == [
        DeliveryState.SENDING,
        DeliveryState.NEW,
        DeliveryState.NEW,
    ]
    assert UNFINISHED not in {row["key"] for row in rows["notes"]}
