"""Words of a document as something independent of the product's readers finds them, to be compared with theirs."""

import html.parser
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

_WORD = re.compile(r"\w+")
_BROKEN_WORD = re.compile(r"(?:\ufffe|(?<=\w)-)\s*\r?\n|\ufffe")
_PARTS = {
    ".docx": re.compile(r"word/document\.xml"),
    ".pptx": re.compile(r"ppt/slides/slide\d+\.xml"),
    ".xlsx": re.compile(r"xl/(?:sharedStrings|worksheets/sheet\d+)\.xml"),
    ".odt": re.compile(r"content\.xml"),
    ".epub": re.compile(r".*\.x?html"),
}
_TEXTS = {".docx": {"t"}, ".pptx": {"t"}, ".xlsx": {"t", "v"}}
_SILENT = {"script", "style", "head", "noscript", "template"}


def words_of(text: str) -> set[str]:
    """Numbers and one letter say nothing about what was lost."""
    return {word for word in _WORD.findall(text.lower()) if len(word) > 1 and not word.isdigit()}


def second_words(file: Path) -> set[str] | None:
    """None: nothing independent is at hand for this format, or it cannot open the file."""
    suffix = file.suffix.lower()
    try:
        if suffix == ".pdf":
            return words_of(_pdf(file))
        if suffix in _PARTS:
            return words_of(_packed(file.read_bytes(), suffix))
        if suffix in (".html", ".htm"):
            return words_of(_page(_decoded(file.read_bytes())))
    except (OSError, ValueError, RuntimeError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return None
    return words_of(file.read_text("utf-8")) if suffix in (".md", ".json", ".yaml") else None


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _pdf(file: Path) -> str:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(file)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    return _BROKEN_WORD.sub("", text)


def _packed(content: bytes, suffix: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if _PARTS[suffix].fullmatch(name)]
    if suffix == ".epub":
        return "\n".join(_page(part.decode()) for part in parts)
    return "\n".join(_nodes(part, suffix) for part in parts)


def _nodes(part: bytes, suffix: str) -> str:
    """Runs of a paragraph are pieces of words."""
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    wanted = _TEXTS.get(suffix)
    said: list[str] = []
    for node in root.iter(etree.Element):
        tag = etree.QName(node).localname
        if tag in {"p", "si", "c", "br", "tab", "h"}:
            said.append("\n")
        if wanted is None:
            said.extend(text for text in (node.text, node.tail) if text)
        elif tag in wanted and node.text and not (tag == "v" and node.getparent().get("t") == "s"):
            said.append(node.text)
    return "".join(said)


def _page(page: str) -> str:
    walker = _Walker()
    walker.feed(page)
    return "\n".join(walker.said)


class _Walker(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)
