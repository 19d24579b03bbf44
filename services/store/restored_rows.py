"""What a restored database must not do by itself: the moment at which all this was meant to happen is past, and other
people have read, answered and decided since. It is kept, and left to people."""

from sqlalchemy import delete, or_, text, update

from services.domain.archive import Quieted
from services.domain.batch import BatchState, CancelReason
from services.domain.broadcast import BroadcastState
from services.domain.delivery import COURTESIES, REPEATABLE, DeliveryState
from services.domain.generation import ACTIVE_STATES, GenerationState
from services.domain.learning import FINISHED, LearningState
from services.domain.recording import RecordingState
from services.store.sql_connection import SqlConnection
from services.store.sql_known_vectors import VECTORS
from services.store.tables import (
    batches,
    broadcasts,
    deliveries,
    generations,
    inbox,
    job_leases,
    learnings,
    lessons,
    notes,
)
from services.store.tables_voice import UNFINISHED, recordings
from services.store.tables_work import UNDELIVERED

RESTORED = "restored"
"""Error code of what a restore has ended."""
_WAITING = (DeliveryState.NEW, DeliveryState.SENDING)


async def rest_leases(sql: SqlConnection) -> None:
    """Those who held them are gone; the tokens go on growing."""
    await sql.run(update(job_leases).values(owner=None, until=None))
    await sql.run(update(generations).values(lease_owner=None, lease_until=None))
    await sql.run(update(inbox).values(owner=None, lease_until=None))


async def forget_indexes(sql: SqlConnection) -> None:
    """No vector store holds what was restored."""
    await sql.run(delete(notes).where(notes.c.key.startswith(VECTORS, autoescape=True)))


async def quiet_rows(sql: SqlConnection) -> Quieted:
    broadcasting = await _quiet_broadcasts(sql)
    return Quieted(
        deliveries=await _quiet_deliveries(sql),
        updates=await sql.run(
            update(inbox).where(inbox.c.done_at.is_(None)).values(done_at=sql.now(), error_code=RESTORED)
        ),
        generations=await _quiet_generations(sql),
        recordings=await _quiet_recordings(sql),
        learnings=await _quiet_learnings(sql),
        broadcasts=broadcasting,
        batches=await _quiet_batches(sql),
    )


async def _quiet_broadcasts(sql: SqlConnection) -> int:
    """As if their authors had stopped them: the rest of a broadcast is not a thousand letters to decide about."""
    d = deliveries.c
    await sql.run(
        update(deliveries)
        .where(d.state.in_(_WAITING), or_(d.broadcast_id.is_not(None), d.kind.in_([*COURTESIES, *REPEATABLE])))
        .values(state=DeliveryState.CANCELLED, error_code=RESTORED, settled_at=sql.now())
    )
    running = update(broadcasts).where(broadcasts.c.state == BroadcastState.RUNNING)
    return await sql.run(running.values(state=BroadcastState.STOPPED, finished_at=sql.now()))


async def _quiet_deliveries(sql: SqlConnection) -> int:
    """Dead letters: administrators are told how many there are, and send or forget them."""
    d = deliveries.c
    left = update(deliveries).where(d.state == DeliveryState.SENDING, d.left_at.is_not(None))
    uncertain = await sql.run(left.values(state=DeliveryState.UNCERTAIN, settled_at=sql.now()))
    waiting = update(deliveries).where(d.state.in_(_WAITING))
    kept = await sql.run(waiting.values(state=DeliveryState.DEAD, error_code=RESTORED, settled_at=sql.now()))
    return uncertain + kept


async def _quiet_generations(sql: SqlConnection) -> int:
    """A Retry of the person starts them again. What was finished and not yet shown is in /history."""
    g = generations.c
    shown = await sql.run(update(generations).where(text(UNDELIVERED)).values(delivered_at=sql.now()))
    ended = await sql.run(
        update(generations)
        .where(g.state.in_(ACTIVE_STATES))
        .values(
            state=GenerationState.FAILED,
            error_code=RESTORED,
            version=g.version + 1,
            finished_at=sql.now(),
            delivered_at=sql.now(),
        )
    )
    return shown + ended


async def _quiet_recordings(sql: SqlConnection) -> int:
    r = recordings.c
    return await sql.run(
        update(recordings)
        .where(text(UNFINISHED))
        .values(
            state=RecordingState.FAILED,
            failed_in=r.state,
            error_code=RESTORED,
            start_at=None,
            version=r.version + 1,
            shown_version=r.version + 1,
            finished_at=sql.now(),
        )
    )


async def _quiet_learnings(sql: SqlConnection) -> int:
    await sql.run(update(lessons).values(shown_version=lessons.c.version))
    under_way = update(learnings).where(learnings.c.state.not_in(FINISHED))
    return await sql.run(
        under_way.values(state=LearningState.FAILED, error_code=RESTORED, start_at=None, finished_at=sql.now())
    )


async def _quiet_batches(sql: SqlConnection) -> int:
    """Night runs that the provider does not have yet are cancelled, which gives their money back; those that it has are
    paid for, and their answers are fetched."""
    b = batches.c
    unread = update(batches).where(b.state == BatchState.RECEIVED)
    ended = await sql.run(
        unread.values(
            state=BatchState.CANCELLED,
            cancel_reason=CancelReason.HALTED,
            version=b.version + 1,
            finished_at=sql.now(),
        )
    )
    confirmed = update(batches).where(
        b.state.in_((BatchState.CONFIRMED, BatchState.UPLOADED)), b.cancel_reason.is_(None)
    )
    return ended + await sql.run(confirmed.values(cancel_reason=CancelReason.HALTED))
