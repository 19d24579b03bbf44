"""PDFs, web pages and texts that are meant to harm their reader."""

import gzip

from tests.hostile_archives import BOMB_MEGABYTES, LAUGHS, OUTSIDE, Build
from tests.packed_by_hand import MEGABYTE
from tests.pdf_by_hand import lines, packed, page, pages, pdf, stream

HELLO = lines("Hello there")


def million_pages() -> bytes:
    objects = pages(HELLO)
    objects[2] = b"<< /Type /Pages /Count 1000000 /Kids [%s] >>" % (b"10 0 R " * 1_000_000)
    return pdf(objects)


def counted_pages() -> bytes:
    objects = pages(HELLO)
    objects[2] = b"<< /Type /Pages /Count 2000000000 /Kids [10 0 R] >>"
    return pdf(objects)


def page_tree_in_itself() -> bytes:
    objects = pages(HELLO)
    objects[2] = b"<< /Type /Pages /Count 1000 /Parent 2 0 R /Kids [2 0 R 2 0 R] >>"
    return pdf(objects)


def form_in_itself() -> bytes:
    form = stream(
        b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 1000 0 R >> >>"
    )
    return pdf(pages(stream(b"/X Do"), facts=b"/XObject << /X 1000 0 R >>", extra={1000: form}))


def doubly_packed() -> bytes:
    import zlib

    press = zlib.compressobj(9)
    once = b"".join(press.compress(b" " * MEGABYTE) for _ in range(2 * BOMB_MEGABYTES)) + press.flush()
    return pdf(pages(stream(zlib.compress(once, 9), b"/Filter [/FlateDecode /FlateDecode]")))


def endless_length() -> bytes:
    return pdf(pages(b"<< /Length 11 0 R >>\nstream\nBT ET\nendstream"))


def huge_page() -> bytes:
    objects = pages(HELLO)
    objects[10] = page(11, box=b"0 0 99999999999 99999999999")
    return pdf(objects)


PAGES: dict[str, Build] = {
    "million-pages.pdf": million_pages,
    "counted-pages.pdf": counted_pages,
    "tree-in-itself.pdf": page_tree_in_itself,
    "form-in-itself.pdf": form_in_itself,
    "stream-bomb.pdf": lambda: pdf(pages(packed(b" " * MEGABYTE, 2 * BOMB_MEGABYTES))),
    "text-bomb.pdf": lambda: pdf(pages(packed(b"BT /F 9 Tf (word) Tj ET\n" * 40_000, 100))),
    "doubly-packed.pdf": doubly_packed,
    "endless-length.pdf": endless_length,
    "huge-page.pdf": huge_page,
    "broken-table.pdf": lambda: pdf(pages(HELLO), broken_table=True),
    "cut-off.pdf": lambda: pdf(pages(HELLO))[:150],
    "depth.html": lambda: b"<html><body>" + b"<div>" * 300_000 + b"text",
    "unclosed.html": lambda: b"<html><body>" + b"<a <a " * 500_000,
    "comments.html": lambda: b"<html><body>" + b"<!-- <! " * 500_000,
    "pictures.html": lambda: b"<html><body><p>" + b"![[](" * 500_000,
    "endless.xml": lambda: b"<?xml version='1.0'?>" + b"<a>" * 5_000_000,
    "laughs.xml": f"<?xml version='1.0'?>{LAUGHS}<d>&a10;</d>".encode,
    "outside.xml": f"<?xml version='1.0'?>{OUTSIDE}<d>&x;</d>".encode,
    "outside.html": f"{OUTSIDE}<html><body>&x;<iframe src='file:///etc/passwd'></iframe></body></html>".encode,
    "groups.rtf": lambda: b"{\\rtf1 " + b"{\\b " * 1_000_000,
    "laughs.md": lambda: (
        b"---\na: &a [x]\n%s---\ntext"
        % b"".join(
            b"%s: &%s [%s]\n" % (b, b, b",".join([b"*" + a] * 9))
            for a, b in zip(
                (b"a", b"b", b"c", b"d", b"e", b"f", b"g"), (b"b", b"c", b"d", b"e", b"f", b"g", b"h"), strict=True
            )
        )
    ),
    "one-line.csv": lambda: b"a," * (20 * MEGABYTE),
    "paragraph.txt": lambda: b"word " * (16 * MEGABYTE),
    "too-large.txt": lambda: b"word " * (21 * MEGABYTE),
    "packed.txt": lambda: gzip.compress(b"hello " * 1000),
    "program.docx": lambda: b"MZ" + bytes(range(256)) * 100,
    "rubbish.doc": lambda: (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 200 + "WordDocument".encode("utf-16-le")
    ),
}
