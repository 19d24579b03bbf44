"""The journal of passages begun anew for one project: every replica writes its passages again, and nobody else's."""

from services.store.ports import Store
from tests.store_rows import a_document, a_project, passages_of


async def test_a_project_is_journalled_anew(store: Store) -> None:
    ours, others = await a_project(store), await a_project(store)
    async with store.transaction() as tx:
        await tx.documents.put(a_document(ours), passages_of(["one", "two", "three"]))
        await tx.documents.put(a_document(others), passages_of(["theirs"]))
        before = (await tx.documents.changes_since(0)).last_change
        assert await tx.documents.journal_anew(ours.id) == 3
    async with store.reading() as tx:
        changes = await tx.documents.changes_since(before)
    assert [passage.text for passage in changes.written] == ["one", "two", "three"]
    assert (changes.deleted, changes.last_change) == ((), before + 3)
    async with store.transaction() as tx:
        assert await tx.documents.journal_anew(-1) == 0
        written = await tx.documents.put(a_document(ours, "later.md"), passages_of(["later"]))
        assert (await tx.documents.changes_since(before + 3)).written[0].document_id == written.id
