"""Two readers of one page make good what either lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.documents.two_readers import mended

WORDS = st.lists(st.text(st.sampled_from("абвгдежзик"), min_size=4, max_size=9), min_size=1, max_size=30)


def test_words_that_ran_together_come_apart() -> None:
    page = "## Task\n\nThetaskistofindaspan in text."
    other = "Task\nThe task is to\nfind a span in text."
    assert mended(page, other.replace("The task", "Thetask")) == "## Task\n\nThetask is to find a span in text."


def test_long_words_stay_whole() -> None:
    page = "Достопримечательности Петербурга"
    assert mended(page, "Достопримечательности Петербурга") == page


def test_lines_that_were_lost_are_added() -> None:
    page = "# Strategy\n\nThe agency reviewed the plan."
    other = "Strategy\nThe agency reviewed\nthe plan.\nDisrupt and dismantle threats\nInvest in resilience"
    assert mended(page, other) == f"{page}\n\nDisrupt and dismantle threats\nInvest in resilience"


def test_a_hyphen_at_the_end_of_a_line_is_no_loss() -> None:
    page = "A comparable architecture demonstrates improvements."
    assert mended(page, "A compar-\nable archi-\ntecture demon-\nstrates improve-\nments.") == page


@settings(max_examples=50, deadline=None)
@given(WORDS, WORDS)
def test_nothing_is_lost_of_the_page_and_nothing_added_to_itself(one: list[str], two: list[str]) -> None:
    page, other = " ".join(one), "\n".join(two)
    assert mended(page, page) == page
    assert set(one) <= set(mended(page, other).split())
