"""A model takes the cores that others leave free, on a machine whose time the test tells."""

import pytest

from services.transcription.free_cores import FreeCores


class Machine:
    """`free`: cores that others do not use. A thread too many does not work, and the others spin waiting for it."""

    def __init__(self, cores: int) -> None:
        self.now, self.worked, self.free = 100.0, 0.0, cores
        self.changes: list[int] = []
        self.model = FreeCores(cores, self.changes.append, clock=lambda: self.now, worked=lambda: self.worked)

    def pass_by(self, seconds: float) -> None:
        for _ in range(round(seconds * 20)):
            self.now += 0.05
            self.worked += 0.05 * min(self.model.threads, self.free + 0.05)
            self.model.step()


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_alone_it_has_them_all(cores: int) -> None:
    machine = Machine(cores)
    machine.pass_by(120)
    assert (machine.model.threads, machine.changes) == (cores, [cores])


@pytest.mark.parametrize(("cores", "free"), [(2, 1), (4, 3), (8, 5), (8, 1)])
def test_it_makes_room_within_a_second_and_returns_when_the_others_have_gone(cores: int, free: int) -> None:
    machine = Machine(cores)
    machine.free = free
    machine.pass_by(1)
    assert machine.model.threads == free
    machine.free = cores
    machine.pass_by(4)
    assert machine.model.threads == cores


def test_it_tries_more_rarely_the_longer_others_stay() -> None:
    machine = Machine(2)
    machine.free = 1
    machine.pass_by(600)
    tries = machine.changes.count(2)
    assert 8 <= tries <= 16
    machine.free = 2
    machine.pass_by(65)
    assert machine.model.threads == 2


def test_a_machine_without_a_free_core_leaves_one_thread() -> None:
    machine = Machine(4)
    machine.free = 0
    machine.pass_by(5)
    assert machine.model.threads == 1


def test_time_between_two_recordings_does_not_count() -> None:
    machine = Machine(2)
    machine.now += 300
    machine.model.begin()
    machine.pass_by(2)
    assert machine.changes == [2]
