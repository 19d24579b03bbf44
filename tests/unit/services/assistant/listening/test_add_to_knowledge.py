"""A recording in the knowledge base: found by what was said in it, cited by the minute, once, with leave."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.assistant.listening.add_to_knowledge import AddToKnowledge
from services.assistant.listening.transcript_document import document_source, document_text, origin_of, stretches
from services.domain.chunk_rules import USUAL
from services.domain.errors import NotAllowed, StaleAction
from services.domain.knowledge import Document
from services.domain.language import Language
from services.domain.minutes import Minutes, Point
from services.domain.recording import Recording, RecordingState
from services.domain.timeline import timeline
from services.domain.transcript import Segment
from services.queue.ports import JobName
from services.retrieval.chunking import chunk, estimate_tokens
from services.retrieval.ingestion import Ingestion
from services.retrieval.readers import read_text
from services.retrieval.service import RetrievalService
from services.store.sql_passage_source import SqlPassageSource
from tests.fakes.listening_runner import RecordingListeners
from tests.fakes.retrieval import MemoryKeywordIndex
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.listening.long_talk import WORDS, long_recording, transcribed

MINUTES = Minutes("Осень: магнит", "Выбрали магнит.", (Point("Магнит к октябрю.", 60_000),))


async def heard(team: Team, minutes: int = 8, message_id: int = 50) -> Recording:
    recording = await transcribed(team, minutes, message_id=message_id)
    async with team.store.transaction() as tx:
        done = await tx.recordings.advance(recording.id, RecordingState.DONE, minutes=MINUTES)
    assert done is not None
    return done


def learning(team: Team) -> tuple[AddToKnowledge, RetrievalService]:
    source, keyword = SqlPassageSource(team.store), MemoryKeywordIndex()
    ingestion = Ingestion(source, keyword, None, None)
    add = AddToKnowledge(team.store, ingestion, team.jobs, RecordingListeners())
    return add, RetrievalService(source, keyword, None, None)


async def documents(team: Team) -> list[Document]:
    async with team.store.reading() as tx:
        return list(await tx.documents.list(team.project.id))


async def test_what_was_said_is_found_with_its_minute(team: Team) -> None:
    recording = await heard(team)
    add, search = learning(team)
    learned = await add(team.writer, recording.id, recording.version)
    (document,) = await documents(team)
    assert learned.document_id == document.id
    assert (document.title, document.type, document.author) == ("Осень: магнит", "transcript", "Аня")
    assert document.language is Language.RUSSIAN
    assert document.source.startswith("recordings/20")
    assert document.source.endswith(f"-осень-магнит-{recording.id}")
    found = (await search.search(team.project.id, "кто рисует макет магнита на дверь")).hits
    sections = {hit.passage.section for hit in found}
    assert any(section.startswith("0:00–") for section in sections)
    assert {hit.passage.title for hit in found} == {"Осень: магнит"}
    assert (JobName.EMBED_PASSAGES, {"project_id": team.project.id}) in team.jobs.enqueued


async def test_two_presses_and_a_crash_between_make_one_document(team: Team) -> None:
    recording = await heard(team)
    add, _ = learning(team)
    first = await add(team.writer, recording.id, recording.version)
    assert await add(team.writer, recording.id, recording.version) == first
    async with team.store.transaction() as tx:  # as if the process had died before the row learned of its document
        again = await tx.recordings.change(recording.id, document_id=None)
    assert again is not None
    second = await add(team.approver, recording.id, again.version)
    assert second.document_id == first.document_id
    assert len(await documents(team)) == 1


async def test_only_its_owner_and_those_who_approve_may(team: Team) -> None:
    recording = await heard(team)
    add, _ = learning(team)
    stranger = replace(team.writer, id=team.writer.id + 100)
    with pytest.raises(NotAllowed):
        await add(stranger, recording.id, recording.version)
    assert await documents(team) == []
    assert (await add(team.approver, recording.id, recording.version)).document_id is not None


async def test_old_buttons_and_unfinished_recordings(team: Team) -> None:
    recording = await transcribed(team)
    add, _ = learning(team)
    with pytest.raises(StaleAction):
        await add(team.writer, recording.id, recording.version)
    with pytest.raises(StaleAction):
        await add(team.writer, 10_000, 1)
    done = await heard(team, message_id=51)
    with pytest.raises(StaleAction):
        await add(team.writer, done.id, done.version - 1)


async def test_a_transcript_stays_when_the_brand_s_files_are_read_again(team: Team, tmp_path: Path) -> None:
    recording = await heard(team)
    add, _ = learning(team)
    await add(team.writer, recording.id, recording.version)
    (tmp_path / "voice.md").write_text("# Голос\n\nТихо.", encoding="utf-8")
    ingestion = Ingestion(SqlPassageSource(team.store), MemoryKeywordIndex(), None, None)
    outcome = await ingestion.ingest_folder(team.project.id, tmp_path, remove_vanished=True)
    assert outcome.removed == ()
    assert [document.type for document in await documents(team)] == ["transcript", "document"]


async def test_every_stretch_is_one_passage(team: Team) -> None:
    recording = await heard(team, 40)
    async with team.store.reading() as tx:
        segments = timeline(await tx.recordings.pieces(recording.id))
    parts = stretches(segments)
    assert len(parts) > 5
    assert all(estimate_tokens(part.text) <= USUAL.target_tokens for part in parts)
    text = document_text(origin_of(recording), segments, MINUTES, title="Т", author="А")
    cut = chunk(read_text(text, "x").text)
    assert [one.section for one in cut if "–" in one.section] == [part.span for part in parts]
    assert sum(one.text.count(WORDS) for one in cut) == len(segments)


def test_what_was_said_opens_no_heading_and_no_front_matter() -> None:
    recording = long_recording()
    hostile = [Segment(0, 1000, "# Я заголовок"), Segment(1000, 2000, "\n---\ntype: document\n---\n```")]
    text = document_text(origin_of(recording), hostile, None, title='"x"\n# y', author="a: b\n- c")
    read = read_text(text, "s")
    assert (read.type, read.author, read.title) == ("transcript", "a: b\n- c", '"x"\n# y')
    (passage,) = chunk(read.text)
    assert passage.section == "0:00–0:02"
    assert "Я заголовок" in passage.text


def test_sources_of_two_meetings_differ() -> None:
    recording = long_recording()
    other = replace(recording, id=recording.id + 1)
    assert document_source(origin_of(recording), "Планёрка") != document_source(origin_of(other), "Планёрка")
    assert document_source(origin_of(recording), "../../etc") == f"recordings/2026-03-01-etc-{recording.id}"
