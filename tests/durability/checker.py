"""The oracle: what became of every update, every attempt, every decision and every delivery."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from aiogram.types import Message

from handlers.callbacks import PagePress, RegeneratePress
from tests.durability.answers import answers, command_of
from tests.durability.database import read_json
from tests.durability.evidence import Arrival, Evidence, Shown
from tests.durability.marked_model import marks_in
from tests.durability.recording_check import check_recordings

FINISHED = frozenset({"in_review", "answered", "approved", "changes_requested", "rejected", "superseded", "expired"})
ABOUT_DRAFT = tuple(f"{press.__prefix__}:" for press in (PagePress, RegeneratePress))


@dataclass
class Findings:
    """Each list holds one line a finding. `counts` is for the reader of the report."""

    lost: list[str] = field(default_factory=list)
    missing_finals: list[str] = field(default_factory=list)
    duplicate_finals: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    reviews: list[str] = field(default_factory=list)
    deliveries: list[str] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)
    """Deliveries of which nobody can know, told to administrators: allowed, and listed."""
    crashes: list[str] = field(default_factory=list)
    """Processes that died of themselves."""
    counts: Counter[str] = field(default_factory=Counter)

    def broken(self) -> dict[str, list[str]]:
        names = ("lost", "missing_finals", "duplicate_finals", "unfinished", "reviews", "deliveries", "crashes")
        return {name: found for name in names if (found := getattr(self, name))}


def check(evidence: Evidence) -> Findings:
    findings = Findings()
    _check_updates(evidence, findings)
    _check_finals(evidence, findings)
    _check_rows(evidence, findings)
    _check_reviews(evidence, findings)
    _check_deliveries(evidence, findings)
    _check_recordings(evidence, findings)
    findings.crashes = [f"{death.process}: exit code {death.code}" for death in evidence.deaths if death.is_unforeseen]
    findings.counts["429"] = evidence.calls_refused_for_speed()
    return findings


def _check_updates(evidence: Evidence, findings: Findings) -> None:
    commands: list[Arrival] = []
    albums: dict[str, list[Message]] = defaultdict(list)
    for arrival in evidence.arrivals:
        update = arrival.update
        findings.counts["updates"] += 1
        if update.callback_query is not None:
            _check_press(arrival, evidence, findings)
        elif update.message is None:
            findings.counts["told only"] += 1
        elif update.message.media_group_id:
            albums[update.message.media_group_id].append(update.message)
        elif command_of(update.message.text or "") is not None:
            commands.append(arrival)
        else:
            _check_message([update.message], evidence, findings)
    for album in albums.values():
        _check_message(album, evidence, findings)
    _check_commands(commands, evidence, findings)


def _check_message(said: list[Message], evidence: Evidence, findings: Findings) -> None:
    """One message or one album: some reply that is not just progress."""
    replies = [reply for part in said for reply in evidence.replies.get((part.chat.id, part.message_id), [])]
    settled = [reply for reply in replies if reply.settled]
    if not settled:
        what = "only progress" if replies else "no answer"
        findings.lost.append(f"message {said[0].message_id} in chat {said[0].chat.id}: {what}")
        return
    findings.counts["answered"] += len(said)
    repeated = len({reply.message_id for reply in settled if not reply.marks}) - len(said)
    findings.counts["repeated small answers"] += max(0, repeated)


def _check_press(arrival: Arrival, evidence: Evidence, findings: Findings) -> None:
    query = arrival.update.callback_query
    assert query is not None
    statuses = evidence.press_answers.get(query.id, [])
    if any(status in (200, 0) for status in statuses):
        findings.counts["presses answered"] += 1
    elif statuses:
        findings.counts["presses answered too late for Telegram"] += 1
    elif not arrival.confirmed:
        findings.counts["presses that Telegram forgot"] += 1
    else:
        findings.lost.append(f"press {query.data} of {query.from_user.id}: never answered")


def _check_commands(commands: list[Arrival], evidence: Evidence, findings: Findings) -> None:
    """Answered without a reply: in each chat every command takes the first fitting message after it."""
    unclaimed: dict[int, list[Shown]] = defaultdict(list)
    for message in evidence.shown:
        if not message.marks and not message.versions[0].is_progress:
            unclaimed[message.chat_id].append(message)
    for arrival in commands:
        said = arrival.update.message
        assert said is not None
        command = command_of(said.text or "") or ""
        rest = unclaimed[said.chat.id]
        found = next((m for m in rest if m.posted > arrival.posted and answers(command, m.versions[0].text)), None)
        found = found or next(iter(evidence.replies.get((said.chat.id, said.message_id), [])), None)
        if found is None:
            findings.lost.append(f"/{command} {said.message_id} in chat {said.chat.id}: no answer")
            continue
        findings.counts["answered"] += 1
        if found in rest:
            rest.remove(found)


def _check_finals(evidence: Evidence, findings: Findings) -> None:
    """Each attempt's final stood in exactly one message of the chat in which it was asked for."""
    chats = {brief["id"]: brief["chat_id"] for brief in evidence.tables["briefs"]}
    carriers: dict[tuple[int, int], list[Shown]] = defaultdict(list)
    for message in evidence.shown:
        for mark in message.marks:
            carriers[message.chat_id, mark].append(message)
    for row in evidence.tables["generations"]:
        marks = marks_in(str(read_json(row["draft"]))) if row["state"] in FINISHED and row["draft"] else set()
        for mark in marks:
            found = carriers.get((chats[row["brief_id"]], mark), [])
            findings.counts["finals"] += 1
            if not found:
                findings.missing_finals.append(f"generation {row['id']}: its final is in no message")
            elif len(found) > 1:
                where = ", ".join(str(message.message_id) for message in found)
                findings.duplicate_finals.append(f"generation {row['id']}: its final is in messages {where}")
    _check_same_answer_twice(evidence, findings)
    _check_placeholders(evidence, findings)


def _check_same_answer_twice(evidence: Evidence, findings: Findings) -> None:
    """Two settled answers with drafts to one message of a person."""
    for (chat_id, message_id), replies in evidence.replies.items():
        with_draft = [reply.message_id for reply in replies if reply.marks]
        if len(with_draft) > 1:
            findings.duplicate_finals.append(f"message {message_id} in chat {chat_id}: answered in {with_draft}")


def _check_placeholders(evidence: Evidence, findings: Findings) -> None:
    """Progress that stands at the end: a stray when its attempt's end is elsewhere, else people still wait."""
    ended = {row["id"] for row in evidence.tables["generations"] if row["state"] not in ("queued", "running")}
    placeholders = {
        (row["placeholder_chat_id"], row["placeholder_message_id"]) for row in evidence.tables["generations"]
    }
    for message in evidence.shown:
        if not message.last.is_progress or message.deleted:
            continue
        generation_id = next(int(data.split(":")[1]) for data in message.last.callbacks if data.startswith("x:"))
        if generation_id in ended and (message.chat_id, message.message_id) not in placeholders:
            findings.counts["stray placeholders"] += 1
        else:
            findings.lost.append(f"message {message.message_id} in chat {message.chat_id}: progress for ever")


def _check_rows(evidence: Evidence, findings: Findings) -> None:
    tables = evidence.tables
    findings.unfinished += [f"update {row['update_id']}: not done" for row in tables["inbox"] if not row["done_at"]]
    findings.unfinished += [
        f"generation {row['id']}: {row['state']}"
        for row in tables["generations"]
        if row["state"] in ("queued", "running")
    ]
    stored = {row["update_id"] for row in tables["inbox"]}
    for arrival in evidence.arrivals:
        if arrival.confirmed and arrival.update.update_id not in stored:
            findings.lost.append(f"update {arrival.update.update_id}: acknowledged and not stored")
    findings.counts["given up in handlers"] = sum(bool(row["error_code"]) for row in tables["inbox"])


def _check_recordings(evidence: Evidence, findings: Findings) -> None:
    found = check_recordings(evidence)
    findings.lost += found.lost
    findings.unfinished += found.unfinished
    findings.duplicate_finals += found.duplicates
    findings.counts["pieces heard"] = found.heard
    findings.counts["pieces heard again"] = found.heard_again
    findings.counts["stray messages of recordings"] = found.strays


def _check_reviews(evidence: Evidence, findings: Findings) -> None:
    verdicts = Counter((row["generation_id"], row["verdict"]) for row in evidence.tables["reviews"])
    for row in evidence.tables["generations"]:
        count = verdicts[row["id"], "approved"]
        if row["state"] == "approved":
            findings.counts["approved"] += 1
        if count != (row["state"] == "approved"):
            findings.reviews.append(f"generation {row['id']} ({row['state']}): {count} approvals")


def _check_deliveries(evidence: Evidence, findings: Findings) -> None:
    """A card shows its draft's text, with buttons or, when the draft was settled meanwhile, without."""
    marks = {
        row["id"]: marks_in(str(read_json(row["draft"]))) for row in evidence.tables["generations"] if row["draft"]
    }
    seen: Counter[tuple[int, int]] = Counter()
    for message in evidence.shown:
        seen.update((message.chat_id, mark) for mark in message.marks)
    cards = Counter(
        (row["chat_id"], int(read_json(row["payload"])["generation_id"]))
        for row in evidence.tables["deliveries"]
        if row["kind"] == "review_card" and row["state"] == "sent"
    )
    for row in evidence.tables["deliveries"]:
        findings.counts[f"deliveries {row['state']}"] += 1
        if row["state"] in ("uncertain", "dead"):
            findings.uncertain.append(f"delivery {row['id']} ({row['kind']}): {row['state']} {row['error_code'] or ''}")
        if row["state"] in ("new", "sending") and not row["not_before"]:
            findings.deliveries.append(f"delivery {row['id']} ({row['kind']}): {row['state']} for ever")
    for (chat_id, generation_id), sent in cards.items():
        shown = max((seen[chat_id, mark] for mark in marks.get(generation_id, ())), default=0)
        if shown != sent:
            told = f"{sent} cards sent, {shown} messages seen"
            findings.deliveries.append(f"draft {generation_id} in chat {chat_id}: {told}")
