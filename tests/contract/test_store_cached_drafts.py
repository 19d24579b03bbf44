"""Drafts to be found again: by their keys, while they are young, and while people were content with them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.cached_draft import CachedDraft
from services.domain.catalogue import PassportField
from services.domain.errand import Errand
from services.domain.generation import Generation, GenerationState
from services.domain.idea import Draft, Idea
from services.domain.knowledge import Document
from services.domain.project import Project
from services.domain.spending import SpendingFilter
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from tests.store_rows import a_brief, a_document, a_member, a_project, passages_of

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def written(store: Store, state: GenerationState = GenerationState.IN_REVIEW) -> Generation:
    brief = await a_brief(store)
    now = datetime.now(UTC)
    async with store.transaction() as tx:
        added = await tx.generations.add(brief.id, brief.member_id)
        claimed = await tx.generations.claim(added.id, "bot", now + timedelta(seconds=10), now)
        assert claimed is not None
        done = await tx.generations.finish(
            added.id, claimed.lease_token, GenerationState.IN_REVIEW, draft=Draft(ideas=(Idea("A", "b"),)), now=now
        )
        assert done is not None
        if state is not GenerationState.IN_REVIEW:
            done = await tx.generations.transition(done.id, expected_version=done.version, to=state)
        assert done is not None
        return done


async def kept(store: Store, generation: Generation, exact_key: str = "k", form: str = "f", text: str = "x") -> None:
    async with store.transaction() as tx:
        brief = await tx.briefs.get(generation.brief_id)
        assert brief is not None
        await tx.cached_drafts.keep(CachedDraft(brief.project_id, None, exact_key, "shelf", form, generation.id, text))


async def put(store: Store, project: Project, source: str) -> Document:
    async with store.transaction() as tx:
        return await tx.documents.put(a_document(project, source), passages_of([source]))


async def test_a_draft_is_found_by_its_key_and_by_its_form(store: Store) -> None:
    first, second = await written(store), await written(store)
    await kept(store, first, "one", text="Слоган для кофейни")
    await kept(store, second, "two", text="Для кофейни слоган")
    async with store.reading() as tx:
        found = await tx.cached_drafts.exact("one", LONG_AGO)
        assert found is not None
        assert (found.generation_id, found.text) == (first.id, "Слоган для кофейни")
        assert await tx.cached_drafts.exact("three", LONG_AGO) is None
        alike = await tx.cached_drafts.alike("shelf", "f", LONG_AGO)
        assert [one.generation_id for one in alike] == [second.id, first.id]
        assert await tx.cached_drafts.alike("shelf", "g", LONG_AGO) == []
        assert await tx.cached_drafts.alike("another", "f", LONG_AGO) == []


async def test_a_newer_draft_of_the_same_key_takes_the_place(store: Store) -> None:
    first, second = await written(store), await written(store)
    await kept(store, first)
    await kept(store, second)
    async with store.reading() as tx:
        found = await tx.cached_drafts.exact("k", LONG_AGO)
        assert found is not None
        assert found.generation_id == second.id
        assert len(await tx.cached_drafts.alike("shelf", "f", LONG_AGO)) == 1


async def test_what_is_too_old_is_not_found_and_goes(store: Store) -> None:
    await kept(store, await written(store))
    soon = datetime.now(UTC) + timedelta(minutes=1)
    async with store.transaction() as tx:
        assert await tx.cached_drafts.exact("k", soon) is None
        assert await tx.cached_drafts.alike("shelf", "f", soon) == []
        assert await tx.cached_drafts.purge(LONG_AGO) == 0
        assert await tx.cached_drafts.purge(soon) == 1
        assert await tx.cached_drafts.exact("k", LONG_AGO) is None


@pytest.mark.parametrize(
    ("state", "is_offered"),
    [
        (GenerationState.APPROVED, True),
        (GenerationState.EXPIRED, True),
        (GenerationState.REJECTED, False),
        (GenerationState.CHANGES_REQUESTED, False),
        (GenerationState.SUPERSEDED, False),
    ],
)
async def test_a_draft_that_people_turned_away_from_is_not_offered(
    store: Store, state: GenerationState, is_offered: bool
) -> None:
    await kept(store, await written(store, state))
    async with store.reading() as tx:
        assert (await tx.cached_drafts.exact("k", LONG_AGO) is not None) is is_offered


async def test_every_change_of_the_knowledge_gives_it_a_new_version(store: Store) -> None:
    project, other = await a_project(store), await a_project(store)
    seen: list[str] = []

    async def look() -> None:
        async with store.reading() as tx:
            seen.append(await tx.cached_drafts.knowledge_version(project.id))

    await look()
    first = await put(store, project, "a.md")
    await look()
    second = await put(store, project, "b.md")
    await look()
    again = await put(store, project, "a.md")
    assert (again.id, again.version) == (first.id, 2)
    await look()
    for document in (second, first):
        async with store.transaction() as tx:
            await tx.documents.delete(document.id)
        await look()
    await put(store, project, "c.md")
    await look()
    # Without a document the knowledge is what it was before the first one, and may say so.
    assert len(set(seen)) == 6
    assert seen[0] == seen[5]
    later = await put(store, project, "e.md")
    await look()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    async with store.transaction() as tx:
        await tx.catalogue.amend(later.id, {PassportField.VALID_UNTIL: yesterday}, datetime.now(UTC))
    await look()
    assert seen[-1] != seen[-2], "what no longer holds is not found any more"
    assert seen[-1] == seen[-3]
    await put(store, other, "d.md")
    await look()
    assert seen[-1] == seen[-2]


async def test_a_call_that_was_spared_is_in_the_ledger_and_in_the_savings(store: Store) -> None:
    member, project = await a_member(store), await a_project(store)
    context = CallContext("idea", project_id=project.id, member_id=member.id)
    spared = CallReport(CallOutcome.OK, Usage(), 0, latency_ms=0, cache="exact", saved_microusd=1_234)
    day = datetime.now(UTC).date()
    async with store.transaction() as tx:
        call = await tx.calls.start(Errand(context, "openai", "gpt-4.1"), day)
        settled = await tx.calls.finish(call, spared)
        assert settled is not None
        assert (settled.released_microusd, settled.spent_microusd) == (0, 0)
    async with store.reading() as tx:
        totals = await tx.spending.totals(SpendingFilter())
    assert (totals.calls, totals.cache_hits, totals.saved_microusd, totals.counted_microusd) == (1, 1, 1_234, 0)
