"""`muza transcribe`: the real preparer and services over the emulated API."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.commands.transcribe import Wishes, transcribe
from bot.container import Container, open_container
from bot.settings import Settings
from services.domain.language import Language
from services.domain.project import BrandProfile
from tests.e2e.meeting import TALK, meeting
from tests.e2e.speaking import SAMPLES, TEXTS
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.server import running


@pytest.fixture
async def model() -> OpenAIEmulator:
    emulator = OpenAIEmulator()
    emulator.transcripts.load(SAMPLES)
    sound, said, _ = meeting()
    emulator.transcripts.add(sound, said)
    return emulator


@pytest.fixture
async def container(model: OpenAIEmulator, tmp_path: Path) -> AsyncIterator[Container]:
    async with running(model) as server:
        settings = Settings(
            _env_file=None,
            data_dir=tmp_path / "data",
            openai_api_key=SecretStr("test-key"),
            openai_base_url=server.base_url,
            embedding_model="none",
            transcription_model="openai:whisper-1",
            default_language=Language.ENGLISH,
        )
        async with open_container(settings, "command") as opened:
            async with opened.store.transaction() as tx:
                await tx.projects.ensure("tea", "Quiet Hour", BrandProfile("tea", glossary=("Тихий час",)))
            yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "planning.m4a"
    path.write_bytes(meeting()[0])
    return path


async def test_text_subtitles_minutes_and_knowledge(
    container: Container, model: OpenAIEmulator, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wishes = Wishes(srt=True, minutes=True, learn=True, project="tea")
    assert await transcribe(container, [file], wishes) == 0
    text = file.with_suffix(".txt").read_text(encoding="utf-8")
    for name in TALK:
        assert TEXTS[name].split()[0].lower() in text.lower()
    assert file.with_suffix(".srt").read_text(encoding="utf-8").startswith("1\n00:00:0")
    assert "Демо-автор" in file.with_suffix(".minutes.txt").read_text(encoding="utf-8")
    async with container.store.reading() as tx:
        project = await tx.projects.by_slug("tea")
        assert project is not None
        (document,) = await tx.documents.list(project.id)
        totals = await tx.calls.totals()
    assert (document.type, document.language) == ("transcript", Language.RUSSIAN)
    found = await container.services.retrieval.search(project.id, "пять слоганов для летнего чая с мятой")
    assert found.hits[0].passage.section.startswith("0:0")
    assert totals.calls == len(model.meter.billed())
    assert "Тихий час" in model.meter.of("transcriptions")[0].body["prompt"]
    assert "added to the knowledge base of tea" in capsys.readouterr().err
    again = Wishes(learn=True, project="tea", overwrite=True)
    assert await transcribe(container, [file], again) == 0
    async with container.store.reading() as tx:
        assert [one.id for one in await tx.documents.list(project.id)] == [document.id]


async def test_nothing_is_replaced_or_paid_for_unasked(
    container: Container, model: OpenAIEmulator, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = file.with_suffix(".txt")
    notes.write_text("Мои заметки", encoding="utf-8")
    assert await transcribe(container, [file], Wishes()) == 2
    assert await transcribe(container, [file], Wishes(learn=True, project="no-such", overwrite=True)) == 2
    assert notes.read_text(encoding="utf-8") == "Мои заметки"
    assert len(model.meter.calls) == 0
    assert "--overwrite" in capsys.readouterr().err
    assert await transcribe(container, [file], Wishes(to_stdout=True)) == 0
    assert capsys.readouterr().out.startswith("[0:0")
    assert notes.read_text(encoding="utf-8") == "Мои заметки"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("silence.ogg", None, "nobody speaks"), ("noise.mp3", b"\x00\x01" * 5000, "noise.mp3: ")],
)
async def test_a_file_that_cannot_be_heard_does_not_stop_the_others(
    container: Container, file: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, said: str
) -> None:
    bad = file.with_name(name)
    bad.write_bytes((SAMPLES / name).read_bytes() if content is None else content)
    assert await transcribe(container, [bad, file], Wishes()) == 1
    assert file.with_suffix(".txt").is_file()
    assert not bad.with_suffix(".txt").exists()
    assert said in capsys.readouterr().err


async def test_minutes_that_cannot_be_written_cost_no_transcript(
    container: Container, model: OpenAIEmulator, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    troubles: dict[str, Any] = {"count": None, "endpoint": "chat"}
    model.faults.add(Fault(FaultKind.SERVER_ERROR, **troubles))
    assert await transcribe(container, [file], Wishes(minutes=True, learn=True, project="tea")) == 1
    assert file.with_suffix(".txt").is_file()
    assert not file.with_suffix(".minutes.txt").exists()
    said = capsys.readouterr().err
    assert "added to the knowledge base" in said
    assert "planning.m4a: " in said
