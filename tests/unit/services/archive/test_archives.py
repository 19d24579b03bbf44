"""Archives that are cut off, changed, or made to do harm; installations that are in use; kills in the middle."""

import asyncio
import gzip
import hashlib
import json
import random
import shutil
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from services.archive.archive_reader import verify
from services.archive.layout import FILES, MANIFEST, ArchiveRefused, check_name
from services.archive.restore_backup import NotEmpty
from services.domain.errors import FilesUnavailable
from services.store.schema import upgrade_schema
from tests.archives import Place, bytes_of, mode_of, names_in, packed, unpacked
from tests.fixtures_store import opened
from tests.full_database import fill
from tests.store_rows import a_project

KEY = "recordings/17/source.ogg"
SOUND = bytes(range(256)) * 400


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation and its backup, made once, to be copied."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copy(sqlite_template, folder / "muza.db")
    asyncio.run(_make(Place(f"sqlite+aiosqlite:///{folder / 'muza.db'}", folder / "files"), folder / "b.tar.gz"))
    return folder


async def _make(place: Place, archive: Path) -> None:
    async with place.engine() as engine:
        await fill(engine)
    for row in (await place.rows())["recordings"]:
        await place.files.put(row["file_key"], SOUND)
    await place.back_up(archive)


@pytest.fixture
def place(kept: Path, tmp_path: Path) -> Place:
    shutil.copy(kept / "muza.db", tmp_path)
    shutil.copytree(kept / "files", tmp_path / "files")
    return Place(f"sqlite+aiosqlite:///{tmp_path / 'muza.db'}", tmp_path / "files")


@pytest.fixture
def archive(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(kept / "b.tar.gz", tmp_path / "b.tar.gz"))


@pytest.fixture
def fresh(tmp_path: Path) -> Place:
    return Place(f"sqlite+aiosqlite:///{tmp_path / 'fresh' / 'muza.db'}", tmp_path / "fresh" / "files")


async def test_files_come_along_and_what_is_gone_is_told(place: Place, fresh: Place, tmp_path: Path) -> None:
    await place.files.delete("recordings/2")
    await place.files.put("recordings/999/nobody.ogg", b"of a row that is gone")
    report = await place.back_up(tmp_path / "b.tar.gz")
    assert report.files == 2
    assert "recordings/2/recordings.ogg" in report.missing_files
    restored = await fresh.restore(tmp_path / "b.tar.gz")
    assert await fresh.files.keys("") == ["recordings/1/recordings.ogg", "recordings/3/recordings.ogg"]
    assert await fresh.files.read("recordings/3/recordings.ogg") == SOUND
    assert restored.missing_files == report.missing_files


async def test_an_archive_is_for_its_owner_alone_and_never_half_there(
    place: Place, archive: Path, tmp_path: Path
) -> None:
    assert mode_of(archive) == 0o600
    with pytest.raises(ArchiveRefused, match="--force"):
        await place.back_up(archive)
    before = bytes_of(archive)

    async def away(key: str, into: Path) -> None:
        raise FilesUnavailable(key)

    place.files.fetch = away  # type: ignore[method-assign]
    with pytest.raises(FilesUnavailable):
        await place.back_up(archive, overwrite=True)
    assert bytes_of(archive) == before
    assert names_in(tmp_path) == {"b.tar.gz", "files", "muza.db"}


async def test_what_a_killed_backup_left_is_written_over(place: Place, tmp_path: Path) -> None:
    left = tmp_path / "b.tar.gz.part"
    left.write_bytes(b"half" * 1_000_000)
    left.chmod(0o644)
    await place.back_up(tmp_path / "b.tar.gz")
    assert not left.exists()
    assert mode_of(tmp_path / "b.tar.gz") == 0o600
    assert MANIFEST in unpacked(tmp_path / "b.tar.gz")


async def test_an_installation_in_use_is_replaced_by_force_alone(place: Place, archive: Path, tmp_path: Path) -> None:
    other = Place(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", tmp_path / "other files")
    await upgrade_schema(other.url)
    async with opened(other.url) as store:
        await a_project(store)
    await other.files.put("recordings/5/old.ogg", b"of somebody else")
    with pytest.raises(NotEmpty, match="--force"):
        await other.restore(archive)
    assert len((await other.rows())["projects"]) == 1
    await other.restore(archive, force=True)
    assert (await other.rows())["projects"] == (await place.rows())["projects"]
    assert "recordings/5/old.ogg" not in await other.files.keys(""), "it belongs to nobody"


def is_taken(content: bytes, into: Path) -> bool:
    into.write_bytes(content)
    try:
        verify(into)
    except ArchiveRefused:
        return False
    return True


async def test_every_cut_and_every_changed_byte_is_noticed(archive: Path, tmp_path: Path) -> None:
    whole, chance, damaged = bytes_of(archive), random.Random(7), tmp_path / "damaged.tar.gz"
    assert is_taken(whole, damaged)
    for _ in range(12):
        assert not is_taken(whole[: chance.randrange(len(whole))], damaged)
    for _ in range(24):
        place = chance.randrange(len(whole))
        changed = whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        if is_taken(changed, damaged):  # bits that fill a byte up mean nothing, and so does the header's time
            assert gzip.decompress(changed) == gzip.decompress(whole)


def _swapped(members: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content.replace(b"sha256", b"sha257") for name, content in members.items()}


@pytest.mark.parametrize(
    "change",
    [
        lambda members: {**members, "sql/members/00001.jsonl": b"[]\n"},
        lambda members: {name: body for name, body in members.items() if name != "sql/members/00001.jsonl"},
        lambda members: {name: body for name, body in members.items() if name != MANIFEST},
        lambda members: {name: members[name] for name in sorted(members, reverse=True)},
        lambda members: {"files/extra/1/x": b"more", **members},
        lambda members: {"../../etc/cron.d/evil": b"* * * * * root sh", **members},
        lambda members: {**members, MANIFEST: b'{"tables": "all"}'},
        lambda members: {**members, "muza-backup.json": b'{"format": 99}'},
        lambda members: {"readme.txt": b"another tar"},
        lambda members: {},
        _swapped,
    ],
)
async def test_what_was_changed_by_hand_is_refused(
    archive: Path, fresh: Place, tmp_path: Path, change: Callable[[dict[str, bytes]], Mapping[str, bytes]]
) -> None:
    with pytest.raises(ArchiveRefused):
        await fresh.restore(packed(change(unpacked(archive)), tmp_path / "changed.tar.gz"))
    assert await fresh.installation.rows() == 0


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "files/../../outside",
        "files//etc/passwd",
        "files/~/x",
        "files/a\\..\\b",
        "files/C:/x",
        "files/",
        "files/recordings/./x",
        "sql/members/1.jsonl",
        "sql/../members/00001.jsonl",
        "sql/members; DROP TABLE x/00001.jsonl",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ArchiveRefused):
        check_name(name)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
async def test_nothing_but_files_is_taken(kind: bytes, fresh: Place, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.tar.gz"
    with tarfile.open(hostile, "w:gz") as tar:
        entry = tarfile.TarInfo(FILES + KEY)
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(ArchiveRefused):
        await fresh.restore(hostile)


async def test_a_header_of_gigabytes_is_not_read(fresh: Place, tmp_path: Path) -> None:
    """The library reads what the format says about a member into memory."""
    hostile = tmp_path / "hostile.tar.gz"
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, 8 * 2**30
    with gzip.open(hostile, "wb") as zipped:
        zipped.write(entry.tobuf(tarfile.GNU_FORMAT))
        zipped.write(bytes(2**20))
    with pytest.raises(ArchiveRefused):
        await fresh.restore(hostile)


async def test_rows_that_are_none_change_nothing(place: Place, archive: Path, tmp_path: Path) -> None:
    """Well packed, with every checksum right, and still no backup."""
    members = unpacked(archive)
    name = "sql/reviews/00001.jsonl"
    lines = members[name].count(b"\n")
    members[name] = b'["not", "a", "review"]\n' * lines
    manifest = json.loads(members[MANIFEST])
    for one in manifest["members"]:
        if one["name"] == name:
            one.update(size=len(members[name]), sha256=hashlib.sha256(members[name]).hexdigest())
    members[MANIFEST] = json.dumps(manifest).encode()
    before = await place.rows()
    with pytest.raises(ArchiveRefused, match="reviews"):
        await place.restore(packed(members, tmp_path / "wrong.tar.gz"), force=True)
    assert await place.rows() == before


async def test_a_newer_backup_is_refused(archive: Path, fresh: Place, tmp_path: Path) -> None:
    members = unpacked(archive)
    members[MANIFEST] = json.dumps({**json.loads(members[MANIFEST]), "revision": "0999"}).encode()
    with pytest.raises(ArchiveRefused, match="update"):
        await fresh.restore(packed(members, tmp_path / "newer.tar.gz"))


async def test_a_restore_that_lost_its_files_says_so_and_goes_on(archive: Path, fresh: Place) -> None:
    put = fresh.files.put

    async def full(key: str, content: bytes | Path) -> None:
        raise FilesUnavailable("disk full")

    fresh.files.put = full  # type: ignore[method-assign]
    with pytest.raises(FilesUnavailable):
        await fresh.restore(archive)
    assert await fresh.installation.unfinished()
    fresh.files.put = put  # type: ignore[method-assign]
    await fresh.restore(archive)  # without --force: it is known to be this backup
    assert await fresh.installation.unfinished() is None
    assert await fresh.files.read("recordings/1/recordings.ogg") == SOUND
