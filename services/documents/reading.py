"""One file as clean documents. It runs in the child, and is told about limits by nothing but its arguments."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from services.documents.archive_reading import ArchiveReading
from services.documents.budget import Budget
from services.documents.csv_table import read_csv
from services.documents.extract import Extract, Member
from services.documents.finishing import finish
from services.documents.html_reading import read_html
from services.documents.limits import ReadLimits
from services.documents.mail import letters_of, read_letter
from services.documents.office_package import PACKAGES, look_into_package
from services.documents.pdf_reading import read_pdf
from services.documents.plain_text import read_plain
from services.documents.sniffing import TEXTS, sniff
from services.documents.xberg_markdown import read_markdown
from services.documents.zip_members import numbered
from services.domain.errors import DocumentEmpty, DocumentRefused
from services.domain.reading import ReadDocument

_READERS: dict[str, Callable[[bytes, ReadLimits], Extract]] = {"pdf": read_pdf, "html": read_html, "csv": read_csv}


def read_documents(content: bytes, name: str, limits: ReadLimits) -> Sequence[ReadDocument]:
    """At least one. Raises DocumentRefused (without its name)."""
    seen: Counter[str] = Counter()
    documents = _Reading(limits).documents(Member(name, content), 0)
    return [replace(document, name=numbered(document.name, seen)) for document in documents]


class _Reading:
    """Of one file, with everything that is inside of it."""

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._budget = Budget.of(limits)

    def documents(self, file: Member, depth: int) -> Iterator[ReadDocument]:
        if not file.content.strip():
            raise DocumentEmpty("no bytes")
        kind = sniff(file.content, file.name)
        if kind in ("zip", "mail", "mbox") and depth > self._limits.depth:
            raise self._budget.spent("archives in one another without end")
        if kind == "zip":
            yield from self._archive(file, depth)
        elif kind == "mail":
            yield from self._letter(file, depth)
        elif kind == "mbox":
            letters = enumerate(letters_of(file.content), start=1)
            yield from self._each((Member(f"{number:05}.eml", letter) for number, letter in letters), depth, file.name)
        else:
            yield self._finished(self._extract(file.content, kind), file.name, kind)

    def _extract(self, content: bytes, kind: str) -> Extract:
        if kind in TEXTS:
            return read_plain(content)
        if kind in _READERS:
            return _READERS[kind](content, self._limits)
        flags = look_into_package(content, kind, self._limits, self._budget) if kind in PACKAGES else frozenset()
        extract = read_markdown(content, kind, self._limits)
        return replace(extract, flags=extract.flags | flags)

    def _letter(self, file: Member, depth: int) -> Iterator[ReadDocument]:
        letter = read_letter(file.content, self._limits, self._budget)
        yield self._finished(letter.text, file.name, "mail")
        try:
            yield from self._each(letter.attachments, depth, file.name)
        except DocumentRefused:
            if self._budget.is_spent:
                raise
            return  # the letter alone is worth something

    def _archive(self, file: Member, depth: int) -> Iterator[ReadDocument]:
        archive = ArchiveReading(file.content, self._limits, self._budget)
        if archive.is_slack:
            for month in archive.months():
                name = f"{file.name}/{month.name}" if depth else month.name
                yield self._finished(month.extract, name, "slack")
            return
        inside = file.name if depth and not archive.is_notion else ""
        for document in self._each(archive.members(), depth, inside):
            yield replace(document, text=archive.bare(document.text)) if document.format in TEXTS else document

    def _each(self, files: Iterator[Member] | Sequence[Member], depth: int, inside: str) -> Iterator[ReadDocument]:
        """A member that cannot be read does not keep the others from it; without any, its reason is the file's."""
        why: DocumentRefused | None = None
        count = 0
        for file in files:
            name = f"{inside}/{file.name}" if inside else file.name
            try:
                for document in self.documents(replace(file, name=name), depth + 1):
                    count += 1
                    yield document
            except DocumentRefused as error:
                if self._budget.is_spent:
                    raise
                why = why or error
        if not count:
            raise why or DocumentEmpty("nothing in it that could be read")

    def _finished(self, extract: Extract, name: str, kind: str) -> ReadDocument:
        document = finish(extract, name, kind, self._limits)
        self._budget.take_characters(len(document.text))
        return document
