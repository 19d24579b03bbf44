"""What is being learned, and what became of it, as a message."""

from handlers.errors import sentence
from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style, plain
from handlers.views.links import unlink
from handlers.views.message import RenderedMessage
from services.domain.learning import AT_WORK, NEAR, SAME, Learning, LearningState, Lesson
from services.domain.passport import DocumentFlag

MOST_LINES = 20
BAR_CELLS = 10
_FLAGS = {
    DocumentFlag.HIDDEN_TEXT.value: mark("lesson.hidden_text"),
    DocumentFlag.PAGES_WITHOUT_TEXT.value: mark("lesson.pages_without_text"),
    DocumentFlag.PARTLY_READ.value: mark("lesson.partly_read"),
    DocumentFlag.SHORTENED.value: mark("lesson.shortened"),
}
_S = LearningState


def lesson_message(lesson: Lesson, texts: Texts) -> RenderedMessage:
    composer = Composer().write(_title(lesson, texts), Style.BOLD)
    for learning in lesson.learnings[:MOST_LINES]:
        composer.gap().add(unlink(plain(_line(learning, texts))))
        for note in _notes(learning, texts):
            composer.write("\n").add(unlink(plain(note)), Style.ITALIC)
    if len(lesson.learnings) > MOST_LINES:
        composer.gap().write(texts.plural("lesson.more", len(lesson.learnings) - MOST_LINES))
    if closing := _closing(lesson, texts):
        composer.gap().write(closing)
    return RenderedMessage(composer.build())


def _title(lesson: Lesson, texts: Texts) -> str:
    count = len(lesson.learnings)
    if lesson.is_offered:
        return texts.plural("lesson.offered", count)
    if lesson.is_at_work:
        return texts("lesson.at_work")
    states = {learning.state for learning in lesson.learnings}
    if _S.DONE in states:
        return texts("lesson.done")
    if _S.UNCHANGED in states:
        return texts("lesson.unchanged")
    return texts("lesson.failed") if _S.FAILED in states else texts("lesson.was_cancelled")


def _closing(lesson: Lesson, texts: Texts) -> str:
    if lesson.is_offered:
        return texts("lesson.what_to_do")
    if lesson.is_at_work or all(learning.state is not _S.DONE for learning in lesson.learnings):
        return ""
    return texts("lesson.use_it")


def _line(learning: Learning, texts: Texts) -> str:
    name, state = learning.file_name, learning.state
    if state is _S.OFFERED:
        return f"📄 {name}"
    if state in AT_WORK:
        return f"⏳ {name}\n{_stage(learning, texts)}"
    if state is _S.FAILED:
        return f"⚠️ {name}\n{sentence(learning.error_code or '', texts, **learning.error_facts)}"
    if state is _S.CANCELLED:
        return _told("✖️", name, texts("lesson.cancelled_one"))
    if state is _S.UNCHANGED:
        return _told("☑️", name, texts("lesson.unchanged_one"))
    return _told("✅", name, _counted(learning, texts))


def _told(sign: str, name: str, what: str) -> str:
    return f"{sign} {name}: {what}"


def _stage(learning: Learning, texts: Texts) -> str:
    done, total = learning.done, learning.total
    if learning.state is _S.RECEIVED:
        return texts("lesson.fetching")
    if learning.state is _S.FETCHED:
        cutting = texts("lesson.cutting", done=done, total=total)
        return f"{_bar(done, total)} {cutting}" if total else texts("lesson.reading")
    embedding = texts("lesson.embedding", done=done, total=total)
    return f"{_bar(done, total)} {embedding}"


def _counted(learning: Learning, texts: Texts) -> str:
    passages = texts.plural("lesson.passages", learning.total)
    count = len(learning.document_ids)
    documents = texts.plural("lesson.documents", count)
    return f"{documents}, {passages}" if count > 1 else passages


def _notes(learning: Learning, texts: Texts) -> list[str]:
    said = [texts(_FLAGS[note]) for note in learning.notes if note in _FLAGS]
    for prefix, key in ((NEAR, mark("lesson.near")), (SAME, mark("lesson.same"))):
        titles = [note.removeprefix(prefix) for note in learning.notes if note.startswith(prefix)]
        said += [texts(key, title=title) for title in titles]
    if learning.state is _S.DONE and learning.done < learning.total:
        said.append(texts("lesson.by_words_only"))
    return said


def _bar(done: int, total: int) -> str:
    filled = round(BAR_CELLS * done / total) if total else 0
    return "▓" * filled + "░" * (BAR_CELLS - filled)
