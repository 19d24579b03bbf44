import subprocess
import sys
from pathlib import Path

from bot.supervisor.file_lock import FileLock, is_alive, read_owner


def test_only_one_holds_the_lock_and_its_owner_is_known(tmp_path: Path) -> None:
    path = tmp_path / "run" / "muza.lock"
    lock = FileLock.take(path)
    assert lock is not None
    lock.write_owner()
    assert FileLock.take(path) is None
    owner = read_owner(path)
    assert owner is not None
    assert is_alive(owner)
    lock.release()
    again = FileLock.take(path)
    assert again is not None
    again.release()


def test_a_child_that_was_given_the_lock_keeps_it_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock.take(path)
    assert lock is not None
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, pass_fds=(lock.descriptor,)
    ) as child:
        lock.release()
        assert FileLock.take(path) is None
        child.communicate()
    after = FileLock.take(path)
    assert after is not None
    after.release()


def test_nobody_and_nonsense_own_nothing(tmp_path: Path) -> None:
    assert read_owner(tmp_path / "absent") is None
    (tmp_path / "empty").touch()
    assert read_owner(tmp_path / "empty") is None
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    assert not is_alive(ended.pid)
