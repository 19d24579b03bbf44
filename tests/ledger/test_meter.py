"""Whatever happens to a call, the ledger says what the provider's meter says, and more was held for it."""

from pathlib import Path

from tests.ledger.rehearsal import rehearse

REQUESTS = 60
KINDS = {"answer", "repair", "intent", "stop", "lost", "search", "indexing", "recording", "voice", "asked again"}


async def test_our_books_are_the_provider_s(tmp_path: Path, sqlite_url: str) -> None:
    outcome = await rehearse(sqlite_url, tmp_path, requests=REQUESTS, seed=22)
    books = outcome.books
    assert outcome.made.keys() == KINDS
    assert len(books.lines) >= REQUESTS
    assert {"ok", "failed", "cut", "stopped", "lost"} <= {line.outcome for line in books.lines}
    assert books.unknown_requests == ()
    assert books.wrong == ()
    assert len(books.estimated) >= 10
    assert books.estimates_off <= 0.02
    assert books.beyond_reserve == ()
    assert (outcome.account.spent_microusd, outcome.account.reserved_microusd) == (books.ours_microusd, 0)
    assert (outcome.spent.calls, outcome.spent.cost_microusd) == (len(books.lines), books.ours_microusd)
    assert len(books.from_cache) >= 1
    assert books.wrong_savings == ()
    hits = sum(line.saved_microusd for line in books.from_cache)
    assert (outcome.spent.cache_hits, outcome.spent.saved_microusd) == (len(books.from_cache), hits)
