"""What became of every recording: heard once, shown in one message, started once."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.durability.database import Row, read_json
from tests.durability.evidence import Evidence

AT_WORK = frozenset({"received", "fetched", "prepared", "transcribed"})
HEARD = frozenset({"waiting", "done"})
TASK = "transcribe"
FILES_OF_LONG = 2


@dataclass
class RecordingFindings:
    """One line a finding."""

    lost: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    heard: int = 0
    heard_again: int = 0
    """Pieces whose answer came and was not stored before a death: all that may cost twice."""
    strays: int = 0
    """Messages that a process sent and did not live to write down: they say that Muza listens, beside the real one."""


def check_recordings(evidence: Evidence) -> RecordingFindings:
    findings = RecordingFindings()
    pieces: dict[int, list[Row]] = defaultdict(list)
    for piece in evidence.tables["recording_pieces"]:
        pieces[piece["recording_id"]].append(piece)
    calls = Counter(
        row["recording_id"]
        for row in evidence.tables["model_calls"]
        if row.get("task") == TASK and row["outcome"] == "ok"
    )
    for row in evidence.tables["recordings"]:
        _check_end(row, findings)
        _check_screen(row, evidence, findings)
        if row["state"] in HEARD and not row["error_code"]:
            _check_pieces(row, pieces[row["id"]], calls[row["id"]], findings)
            if row["is_long"]:
                _check_files(row, evidence, findings)
    deaths = sum(not death.is_unforeseen for death in evidence.deaths)
    if evidence.deaths and findings.heard_again > deaths:
        findings.duplicates.append(f"{findings.heard_again} pieces heard again by {deaths} deaths")
    return findings


def _check_end(row: Row, findings: RecordingFindings) -> None:
    name = f"recording {row['id']}"
    if row["state"] in AT_WORK or (row["state"] == "waiting" and row["start_at"]):
        findings.unfinished.append(f"{name}: {row['state']}")
    if row["state"] == "failed":
        findings.lost.append(f"{name}: failed in {row['failed_in']} with {row['error_code']}")
    if row["shown_version"] != row["version"]:
        findings.unfinished.append(f"{name}: version {row['version']}, on the screen {row['shown_version']}")


def _check_screen(row: Row, evidence: Evidence, findings: RecordingFindings) -> None:
    """One of the answers to the voice message is its screen; none of the others says what was heard."""
    answers = evidence.replies.get((row["chat_id"], row["message_id"]), [])
    screens = [message for message in answers if message.message_id == row["screen_message_id"]]
    if not screens:
        findings.lost.append(f"recording {row['id']}: its screen is in no message")
    for message in answers:
        if message in screens or message.marks or any(version.is_progress for version in message.versions):
            continue  # the ideas that it started have messages of their own
        if row["text"] and row["text"] in message.last.text:
            findings.duplicates.append(f"recording {row['id']}: shown in message {message.message_id} as well")
        elif not row["is_long"]:  # a long one brings files
            findings.strays += 1


def _check_pieces(row: Row, pieces: list[Row], calls: int, findings: RecordingFindings) -> None:
    unheard = [piece["number"] for piece in pieces if not piece["transcript"]]
    if unheard or len(pieces) != row["pieces"]:
        findings.lost.append(f"recording {row['id']}: {row['pieces']} pieces, without text {unheard}")
    findings.heard += len(pieces)
    findings.heard_again += max(0, calls - len(pieces))
    if calls < len(pieces):
        findings.lost.append(f"recording {row['id']}: {len(pieces)} pieces heard in {calls} calls")


def _check_files(row: Row, evidence: Evidence, findings: RecordingFindings) -> None:
    sent = [
        delivery
        for delivery in evidence.tables["deliveries"]
        if delivery["kind"] == "transcript_file" and read_json(delivery["payload"])["recording_id"] == row["id"]
    ]
    if len(sent) != FILES_OF_LONG:
        findings.duplicates.append(f"recording {row['id']}: {len(sent)} files of its text")
