"""A process that is gone is recognised by its name; one that may live never is."""

import multiprocessing

from bot.ownership import is_gone, new_owner


def test_who_is_gone() -> None:
    ours = new_owner()
    host, process, _ = ours.rsplit(":", 2)
    child = multiprocessing.get_context("spawn").Process(target=new_owner)
    child.start()
    child.join()
    assert not is_gone(ours, ours)
    assert is_gone(f"{host}:{child.pid}:abcdef", ours)
    assert is_gone(f"{host}:{process}:abcdef", ours), "our own process id, given out a second time"
    assert not is_gone(f"{host}:1:abcdef", ours), "the first process always lives"
    assert not is_gone(f"elsewhere:{child.pid}:abcdef", ours), "nothing is known of another machine's processes"
    for strange in ("", "bot", f"{host}:x:abcdef", "a:b"):
        assert not is_gone(strange, ours)


def test_a_host_name_may_hold_colons() -> None:
    assert is_gone("fe80::1:4194304:aa", "fe80::1:7:bb")
    assert not is_gone("fe80::2:4194304:aa", "fe80::1:7:bb")
