"""Whatever becomes of the child, its parent lives and can tell what happened."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from services.documents import child_reader
from services.documents.child_reader import ChildReader
from services.documents.limits import MEGABYTE, ReadLimits
from services.domain.errors import (
    DocumentDamaged,
    DocumentEmpty,
    DocumentProtected,
    DocumentTooHeavy,
    DocumentTooLarge,
    DocumentUnsupported,
    FilesUnavailable,
    MuzaError,
)
from services.domain.reading import ReadDocument
from services.retrieval.ports import DocumentReader
from tests.fakes import dying_reader
from tests.pdf_by_hand import lines, pages, pdf

DOCUMENTS = Path(__file__).parents[3] / "data" / "documents"


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_reader, "CHILD", "dying_reader")
    fakes = Path(dying_reader.__file__).parent  # by itself: the package of tests takes a second to import
    monkeypatch.setattr(child_reader, "ENVIRONMENT", child_reader.ENVIRONMENT | {"PYTHONPATH": str(fakes)})


async def refusal(file: Path, limits: ReadLimits | None = None, name: str | None = None) -> MuzaError:
    with pytest.raises(MuzaError) as refused:
        await ChildReader(limits).read(file, name or file.name)
    return refused.value


def written(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


async def test_it_is_a_reader_of_documents() -> None:
    reader: DocumentReader = ChildReader()
    assert {".pdf", ".docx", ".md", ".zip"} <= reader.suffixes
    (read,) = await reader.read(DOCUMENTS / "list-item-example.pdf", "Курс.pdf")
    assert (read.name, read.format, len(read.page_starts)) == ("Курс.pdf", "pdf", 2)
    assert read.page_at(len(read.text) - 1) == 2


async def test_what_the_child_read_arrives_whole(tmp_path: Path) -> None:
    content = "---\ntitle: Голос\ntype: guide\ndate: 2026-01-02\nauthor: Анна\nlanguage: ru\n---\n# Тон\n\nТепло.\n"
    by_child, here = written(tmp_path, "voice.log", content.encode()), written(tmp_path, "voice.md", content.encode())
    reader = ChildReader()
    (far,) = await reader.read(by_child, "voice.log")
    (near,) = await reader.read(here, "voice.md")
    assert (far.text, far.format) == ("# Тон\n\nТепло.", "text")
    for read in (far, near):
        assert (read.title, read.type, read.date, read.author) == ("Голос", "guide", dt.date(2026, 1, 2), "Анна")


@pytest.mark.usefixtures("dying")
@pytest.mark.parametrize(
    ("how", "kind"),
    [("crash", DocumentDamaged), ("mumble", FilesUnavailable), ("flood", DocumentTooHeavy), ("panic", DocumentDamaged)],
)
async def test_a_child_that_a_file_has_killed(how: str, kind: type[MuzaError], tmp_path: Path) -> None:
    file = written(tmp_path, f"{how}.pdf", b"")
    error = await refusal(file, ReadLimits(all_characters=MEGABYTE))
    assert type(error) is kind
    assert not psutil.pid_exists(int(file.with_suffix(".pid").read_text()))


@pytest.mark.usefixtures("dying")
async def test_a_child_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    file = written(tmp_path, "hang.pdf", b"")
    assert isinstance(await refusal(file, ReadLimits(seconds=3)), DocumentTooHeavy)
    for trace in (".pid", ".children"):
        pid = int(file.with_suffix(trace).read_text())
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.usefixtures("dying")
async def test_it_inherits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "secret")
    error = await refusal(written(tmp_path, "environment.pdf", b""))
    assert "PYTHONPATH" in str(error)
    assert "TELEGRAM_TOKEN" not in str(error)


async def test_no_more_memory_than_is_given(tmp_path: Path) -> None:
    file = written(tmp_path, "large.pdf", pdf(pages(lines("hello")), broken_table=False) + b" " * 60 * MEGABYTE)
    assert isinstance(await refusal(file, ReadLimits(memory_bytes=150 * MEGABYTE)), DocumentTooHeavy)


async def test_no_more_bytes_than_are_taken(tmp_path: Path) -> None:
    error = await refusal(
        written(tmp_path, "big.txt", b"x" * (MEGABYTE + 1)), ReadLimits(file_bytes=MEGABYTE), "Бриф.txt"
    )
    assert isinstance(error, DocumentTooLarge)
    assert error.facts == {"name": "Бриф.txt", "size": 2, "limit": 1}


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(200), DocumentUnsupported),
        ("empty.docx", b"", DocumentEmpty),
        ("notes.txt", b" \n\n", DocumentEmpty),
        ("cut.pdf", pdf(pages(lines("hello")))[:120], DocumentDamaged),
    ],
)
async def test_a_refusal_names_the_file(name: str, content: bytes, kind: type[MuzaError], tmp_path: Path) -> None:
    error = await refusal(written(tmp_path, name, content))
    assert type(error) is kind
    assert error.facts == {"name": name}


@pytest.mark.parametrize("name", ["password.pdf", "password_protected.xlsx"])
async def test_a_locked_file_is_told_from_a_broken_one(name: str) -> None:
    assert type(await refusal(DOCUMENTS / name)) is DocumentProtected


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    reader = ChildReader()
    with pytest.raises(FileNotFoundError):
        await reader.read(tmp_path / "gone.pdf", "gone.pdf")


def texts(read: Sequence[ReadDocument]) -> list[str]:
    return [document.text for document in read]


async def test_a_text_by_its_name_that_is_none_goes_to_the_child(tmp_path: Path) -> None:
    file = written(tmp_path, "really-a-pdf.txt", pdf(pages(lines("Hello from a PDF"))))
    assert texts(await ChildReader().read(file, file.name)) == ["Hello from a PDF"]
