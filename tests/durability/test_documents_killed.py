"""Albums of documents while worker and Chroma are killed: whole, or plainly failed. At length:
`benchmarks.knowledge_kills`."""

from benchmarks.knowledge_kills import rehearse


async def test_no_document_is_left_half_indexed() -> None:
    report = await rehearse(20, 2, 2, seed=6)
    assert report.verdict.half == ()
    assert report.verdict.done + report.verdict.failed == 20
    assert report.kills == "chroma ×2, heavy ×2"
    assert report.is_good
