"""Pieces of a recording in three books: the product's rows, its ledger, and the meter of who listened."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.meeting import words
from tests.durability.database import Database, Row, read_json
from tests.emulators.openai.meter import Call, Meter
from tests.emulators.openai.said import Said

PREFIX = "muza-"


@dataclass(frozen=True, slots=True)
class Books:
    pieces: int
    lost: int
    """Without a text."""
    calls: int
    """That reached the provider and were not refused."""
    finished: int
    """Of them, answered to the end."""
    again: int
    """Sent although the text was in the database: paid for twice."""
    unrecorded: int
    """Calls that the ledger does not know."""
    open: int
    """Ledger rows that nobody settled."""
    outcomes: dict[str, int]
    ledger_seconds: float
    """Of the calls that ended well."""
    meter_seconds: float
    """Of the same calls."""
    speech_seconds: float
    """Of all pieces: what one listening costs."""
    recall: float
    """Share of the words said that are in the transcript."""
    invented: float
    """Share of the words in the transcript that nobody said."""


def compare(database: Database, meter: Meter, recording_id: int, truth: tuple[Said, ...], files: Path) -> Books:
    """`files`: where the product keeps the pieces."""
    pieces = database.rows("SELECT * FROM recording_pieces WHERE recording_id = ? ORDER BY number", recording_id)
    ledger = database.rows(
        "SELECT * FROM model_calls WHERE recording_id = ? AND task = 'transcribe' ORDER BY id", recording_id
    )
    rows = {f"{PREFIX}{row['id']}": row for row in ledger}
    calls = [call for call in meter.of("transcriptions") if call.request_id in rows and call.outcome != "refused"]
    strangers = [call for call in meter.of("transcriptions") if not call.request_id]
    ended_well = {name: row for name, row in rows.items() if row["outcome"] == "ok"}
    metered = [call for call in calls if call.request_id in ended_well]
    heard = [str(read_json(piece["transcript"])["text"]) for piece in pieces if piece["transcript"]]
    said, written = Counter(words(" ".join(one.text for one in truth))), Counter(words(" ".join(heard)))
    return Books(
        pieces=len(pieces),
        lost=sum(piece["transcript"] is None for piece in pieces),
        calls=len(calls),
        finished=sum(call.outcome == "finished" for call in calls),
        again=_sent_again(pieces, calls, rows, files),
        unrecorded=len(strangers),
        open=sum(row["outcome"] == "started" for row in ledger),
        outcomes=dict(Counter(str(row["outcome"]) for row in ledger)),
        ledger_seconds=sum(row["audio_ms"] or 0 for row in ended_well.values()) / 1000,
        meter_seconds=sum(call.audio_seconds for call in metered),
        speech_seconds=sum(piece["end_ms"] - piece["start_ms"] for piece in pieces) / 1000,
        recall=(said & written).total() / max(1, said.total()),
        invented=(written - said).total() / max(1, written.total()),
    )


def _sent_again(pieces: list[Row], calls: list[Call], rows: dict[str, Row], files: Path) -> int:
    """Sent pieces are told apart by their size in bytes; those of one size are taken together."""
    heard_at: dict[int, list[datetime]] = defaultdict(list)
    for piece in pieces:
        if piece["heard_at"]:
            heard_at[(files / piece["file_key"]).stat().st_size].append(_moment(piece["heard_at"]))
    stored = [(call, heard_at.get(int(call.body["bytes"]), [])) for call in calls]
    return sum(bool(at) and _moment(rows[call.request_id]["started_at"]) > max(at) for call, at in stored)


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
