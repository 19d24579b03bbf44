"""Files: in a folder and in memory, through the same adapter."""

import asyncio
import os
from pathlib import Path

import pytest

from services.domain.errors import FilesUnavailable
from services.files.obstore_files import PART_BYTES, ObstoreFiles


@pytest.fixture(params=["folder", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> ObstoreFiles:
    folder = tmp_path / "with a blank" / "files"
    return ObstoreFiles(folder.as_uri() if request.param == "folder" else "memory:///")


async def test_what_is_put_is_read_and_replaced(files: ObstoreFiles) -> None:
    await files.put("recordings/17/source.ogg", b"first")
    await files.put("recordings/17/source.ogg", b"second")
    assert await files.read("recordings/17/source.ogg") == b"second"
    assert await files.exists("recordings/17/source.ogg")
    assert not await files.exists("recordings/17"), "a folder is no file"
    await files.put("recordings/17/empty", b"")
    assert await files.read("recordings/17/empty") == b""


async def test_a_large_file_goes_in_and_comes_out_in_parts(files: ObstoreFiles, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(2 * PART_BYTES + 17))
    await files.put("recordings/17/source", source)
    await files.fetch("recordings/17/source", target)
    assert target.read_bytes() == source.read_bytes()


async def test_what_is_not_there_is_told(files: ObstoreFiles, tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        await files.read("recordings/17/source.ogg")
    with pytest.raises(LookupError):
        await files.fetch("recordings/17/source.ogg", tmp_path / "target")
    assert not (tmp_path / "target").exists()
    assert await files.keys("recordings/17") == []
    assert await files.delete("recordings/17") == 0


async def test_a_folder_is_deleted_whole_and_no_other_one(files: ObstoreFiles) -> None:
    for key in ("recordings/1/source.ogg", "recordings/1/pieces/0.ogg", "recordings/17/source.ogg"):
        await files.put(key, b"sound")
    assert await files.keys("recordings/1") == ["recordings/1/pieces/0.ogg", "recordings/1/source.ogg"]
    assert await files.delete("recordings/1") == 2
    assert await files.keys("recordings") == ["recordings/17/source.ogg"]
    assert await files.delete("recordings/1") == 0


async def test_one_file_is_deleted_by_its_own_key(files: ObstoreFiles) -> None:
    for key in ("documents/5/price.pdf", "documents/5/price.pdf.txt", "documents/5/цены.pdf"):
        await files.put(key, b"text")
    assert await files.delete("documents/5/price.pdf") == 1
    assert await files.delete("documents/5/price.pdf") == 0
    assert await files.delete("documents/5/цены.pdf") == 1
    assert await files.keys("documents") == ["documents/5/price.pdf.txt"]


async def test_two_may_delete_the_same_at_once(files: ObstoreFiles) -> None:
    for number in range(20):
        await files.put(f"recordings/1/pieces/{number}.ogg", b"sound")
    await asyncio.gather(files.delete("recordings/1"), files.delete("recordings/1"))
    assert await files.keys("recordings") == []


async def test_files_of_others_are_seen(tmp_path: Path) -> None:
    url = (tmp_path / "files").as_uri()
    await ObstoreFiles(url).put("recordings/1/source.ogg", b"sound")
    assert await ObstoreFiles(url).read("recordings/1/source.ogg") == b"sound"


async def test_what_a_killed_process_had_begun_is_never_listed_and_goes_with_the_rest(tmp_path: Path) -> None:
    files = ObstoreFiles((tmp_path / "files").as_uri())
    await files.put("recordings/1/source.ogg", b"sound")
    staged = tmp_path / "files" / "recordings" / "1" / "pieces" / "0.ogg#1"
    staged.parent.mkdir()
    staged.write_bytes(b"half")
    assert await files.keys("recordings/1") == ["recordings/1/source.ogg"]
    await files.delete("recordings/1")
    assert not staged.parent.parent.exists()


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    files = ObstoreFiles((tmp_path / "files").as_uri())
    (tmp_path / "files" / "recordings").write_bytes(b"a file where the folder should be")
    with pytest.raises(FilesUnavailable):
        await files.put("recordings/17/source.ogg", b"sound")
    with pytest.raises(FilesUnavailable):
        ObstoreFiles((tmp_path / "files" / "recordings" / "below").as_uri())


async def test_a_server_that_is_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT": "http://127.0.0.1:9",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    files = ObstoreFiles("s3://bucket/folder")
    for refused in (files.put("a", b"1"), files.read("a"), files.exists("a"), files.keys("a"), files.delete("a")):
        with pytest.raises(FilesUnavailable):
            await refused


@pytest.mark.parametrize("url", ["nonsense", "ftp://host/folder"])
def test_an_address_that_nobody_understands_is_refused(url: str) -> None:
    with pytest.raises(FilesUnavailable):
        ObstoreFiles(url)
