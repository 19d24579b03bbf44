"""What a document that somebody gave is called in its project: the next file of this name is its next version."""

from services.assistant.knowledge.replace_document import replacement_in
from services.domain.knowledge import Document
from services.domain.learning import Learning, LearningKind, Lesson
from services.store.ports import Transaction

UPLOADS = "uploads"
"""No file of a folder is called so by accident: it would be taken for the next version of what was sent."""


async def source_of(tx: Transaction, lesson: Lesson, learning: Learning, name: str) -> tuple[str, int | None]:
    """And its owner, None: who it is already. `name`: the file's, or a path in the archive. A file of the same name
    that somebody else sends is no version of what is not theirs to change."""
    replaced = await _replaced(tx, lesson)
    if replaced is not None and name in (learning.file_name, learning.place):
        return replaced.source, None
    if learning.kind is LearningKind.LINK:
        source = learning.place if name in (learning.place, learning.file_name) else f"{learning.place}#{name}"
        known = await tx.documents.by_source(lesson.project_id, source)
        return source, None if known else lesson.member_id
    inside = learning.file_name if name == learning.file_name else f"{learning.file_name}/{name}"
    source = f"{UPLOADS}/{inside}"
    known = await tx.documents.by_source(lesson.project_id, source)
    if known is None or await _may_change(tx, lesson, known):
        return source, None if known else lesson.member_id
    return f"{UPLOADS}/{lesson.member_id}/{inside}", lesson.member_id


async def _may_change(tx: Transaction, lesson: Lesson, known: Document) -> bool:
    if known.passport.owner_id in (None, lesson.member_id):
        return True
    member = await tx.members.get(lesson.member_id)
    return member is not None and member.may_administer


async def _replaced(tx: Transaction, lesson: Lesson) -> Document | None:
    """The document of which the lesson brings the next version; who may do that was asked when it was started."""
    replacement = replacement_in(lesson.key)
    known = await tx.documents.get(replacement.document_id) if replacement else None
    return known if known is not None and known.project_id == lesson.project_id else None
