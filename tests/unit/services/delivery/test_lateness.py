from services.delivery.lateness import CALLS_REMEMBERED, CALLS_TO_KNOW, WORTH_TELLING, Lateness


def test_the_length_of_the_way_is_no_lateness() -> None:
    lateness = Lateness()
    for _ in range(CALLS_TO_KNOW):
        lateness.of(0.08)
    assert lateness.of(0.08) == 0
    assert lateness.of(0.08 + WORTH_TELLING / 2) == 0
    assert lateness.of(0.38) == 0.38 - 0.08


def test_before_anything_is_usual_the_whole_way_counts() -> None:
    assert Lateness().of(0.2) == 0.2


def test_a_longer_way_becomes_usual() -> None:
    lateness = Lateness()
    for _ in range(CALLS_TO_KNOW):
        lateness.of(0.02)
    assert lateness.of(0.1) > 0
    for _ in range(2 * CALLS_REMEMBERED):
        lateness.of(0.1)
    assert lateness.of(0.1) == 0
