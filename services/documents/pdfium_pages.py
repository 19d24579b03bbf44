"""The text layer of a PDF as PDFium tells it: a second opinion on what there is to read, and what is hidden in it."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.documents.limits import ReadLimits
from services.domain.errors import DocumentDamaged, DocumentProtected, DocumentTooHeavy

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_PASSWORD = 4
"""FPDF_ERR_PASSWORD of fpdfview.h."""
_INVISIBLE = 3
"""Text render mode of PDF 32000-1, 9.3.6: neither filled nor stroked."""
_WHITE, _OPAQUE_ENOUGH, _TINY_POINTS = 250, 8, 1.5
_LEAST_HIDDEN_LETTERS = 4
"""Fewer are a stray mark."""
_MOST_OBJECTS = 100_000
"""That are looked at in a document for hidden text."""


@dataclass(frozen=True, slots=True)
class PdfText:
    pages: tuple[str, ...]
    has_hidden_text: bool


def read_pages(content: bytes, limits: ReadLimits) -> PdfText:
    """Raises DocumentProtected, DocumentDamaged, DocumentTooHeavy (without a name)."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise DocumentProtected("the PDF wants a password") from error
        raise DocumentDamaged(f"PDFium: {error}") from error
    try:
        if len(pdf) > limits.pages:
            raise DocumentTooHeavy(f"{len(pdf)} pages")
        return _read(pdf, limits)
    finally:
        pdf.close()


def _read(pdf: "PdfDocument", limits: ReadLimits) -> PdfText:
    import pypdfium2

    pages: list[str] = []
    objects_left, is_hidden, characters = _MOST_OBJECTS, False, 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
        except pypdfium2.PdfiumError:  # a page that is not there; the others may be
            pages.append("")
            continue
        try:
            pages.append(_text(page))
            if not is_hidden and objects_left > 0:
                is_hidden, seen = _hides(page, objects_left)
                objects_left -= seen
        finally:
            page.close()
        characters += len(pages[-1])
        if characters > limits.characters * 2:
            break
    return PdfText(tuple(pages), is_hidden)


def _text(page: "PdfPage") -> str:
    layer = page.get_textpage()
    try:
        text = layer.get_text_bounded()
    finally:
        layer.close()
    # U+FFFE: a word that is broken at the end of a line.
    return str(text).replace("\ufffe\r\n", "").replace("\ufffe", "").replace("\r\n", "\n").replace("\r", "\n")


def _hides(page: "PdfPage", most: int) -> tuple[bool, int]:
    """A white or invisible text over a picture or a coloured box is seen, or its picture is. Scanners write the text
    before the picture as often as after it, so the order says nothing."""
    import pypdfium2.raw as pdfium

    grounds: list[tuple[float, float, float, float]] = []
    unseen: list[Any] = []
    seen = 0
    for thing in _objects(page, most):
        seen += 1
        if thing.type == pdfium.FPDF_PAGEOBJ_TEXT:
            unseen.extend([thing] if _is_unseen(thing) else [])
        elif _is_ground(thing):
            grounds.append(thing.get_bounds())
    layer = page.get_textpage()
    try:
        letters = sum(len(_letters(thing, layer)) for thing in unseen if not _lies_on(thing, grounds))
    finally:
        layer.close()
    return letters >= _LEAST_HIDDEN_LETTERS, seen


def _is_ground(thing: Any) -> bool:
    """Many programs begin a page with a white box over all of it; a form is no more than what is in it."""
    import pypdfium2.raw as pdfium

    if thing.type == pdfium.FPDF_PAGEOBJ_FORM:
        return False
    if thing.type != pdfium.FPDF_PAGEOBJ_PATH:
        return True
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    is_filled = pdfium.FPDFPath_GetDrawMode(thing.raw, mode, stroke) and mode.value != pdfium.FPDF_FILLMODE_NONE
    return bool(is_filled) and not _is_blank(thing)


def _objects(page: "PdfPage", most: int) -> Iterator[Any]:
    import pypdfium2

    try:
        for number, thing in enumerate(page.get_objects(max_depth=4)):
            if number >= most:
                return
            yield thing
    except pypdfium2.PdfiumError:
        return


def _is_unseen(thing: Any) -> bool:
    import pypdfium2.raw as pdfium

    if pdfium.FPDFTextObj_GetTextRenderMode(thing.raw) == _INVISIBLE:
        return True
    left, bottom, right, top = thing.get_bounds()
    if min(top - bottom, right - left) > 0 and top - bottom < _TINY_POINTS:
        return True
    return _is_blank(thing)


def _is_blank(thing: Any) -> bool:
    """White, or as good as transparent."""
    import pypdfium2.raw as pdfium

    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(thing.raw, red, green, blue, alpha):
        return False
    return alpha.value < _OPAQUE_ENOUGH or min(red.value, green.value, blue.value) >= _WHITE


def _letters(thing: Any, layer: Any) -> str:
    import pypdfium2.raw as pdfium

    size = pdfium.FPDFTextObj_GetText(thing.raw, layer.raw, None, 0)
    buffer = (ctypes.c_ushort * max(size // 2 + 1, 1))()
    pdfium.FPDFTextObj_GetText(thing.raw, layer.raw, buffer, size)
    text = bytes(memoryview(buffer).cast("B"))[: max(size - 2, 0)].decode("utf-16-le", errors="ignore")
    return "".join(char for char in text if char.isalnum())


def _lies_on(thing: Any, grounds: list[tuple[float, float, float, float]]) -> bool:
    """Of what is inside of a form only its place there is known: any ground may be under it."""
    if thing.level:
        return bool(grounds)
    box = thing.get_bounds()
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in grounds)
