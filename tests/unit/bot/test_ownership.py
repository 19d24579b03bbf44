"""A process that is dead is recognised by its name; one that may live never is."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.ownership import is_gone, new_owner

TELL = "from bot.ownership import new_owner; print(new_owner(), flush=True); input()"

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")


def test_a_process_lives_until_it_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", TELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        owner = child.stdout.readline().decode().strip()
        assert not is_gone(owner)
        child.send_signal(signal.SIGSTOP)
        assert not is_gone(owner), "frozen is not dead"
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(owner), "a zombie, which nobody has collected"
    assert is_gone(owner)


def test_we_live() -> None:
    ours = new_owner()
    assert not is_gone(ours)
    assert ours != new_owner(), "two holders in one process are two"


def test_a_number_given_out_a_second_time_does_not_hide_a_death() -> None:
    name, _, rest = new_owner().partition(".")
    start, _, world = rest.partition("@")
    assert is_gone(f"{name}.{int(start) - 1}@{world}")


@pytest.mark.parametrize(
    "change",
    [
        lambda owner: owner.replace("@", "@another-boot-"),
        lambda owner: owner.replace("#", "9#"),  # another namespace: a container with the same host name
    ],
)
def test_nothing_is_known_of_another_machine_s_processes(change) -> None:  # type: ignore[no-untyped-def]
    host, _, rest = new_owner().rpartition("/")
    nobody = f"{host}/4194304.1@{rest.partition('@')[2]}"
    assert is_gone(nobody)
    assert not is_gone(change(nobody))


@pytest.mark.parametrize("strange", ["", "bot", "a:b", "host/x.1@w#n", "host/1.@w#n", "host/1.2@#n", "host:17:abcdef"])
def test_a_name_of_another_kind_says_nothing(strange: str) -> None:
    assert not is_gone(strange)
