"""PDFs written object by object."""

import zlib
from collections.abc import Mapping


def pdf(objects: Mapping[int, bytes], *, root: int = 1, broken_table: bool = False) -> bytes:
    """`objects`: what stands between `obj` and `endobj`. A broken table shows nowhere."""
    body, offsets = bytearray(b"%PDF-1.5\n"), {}
    for number, content in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(body)
    body += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        body += b"%d 1\n%010d 00000 n \n" % (number, 7 if broken_table else offset)
    start = 10**9 if broken_table else table
    return bytes(
        body + b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (max(objects) + 1, root, start)
    )


def pages(*contents: bytes, facts: bytes = b"", extra: Mapping[int, bytes] | None = None) -> dict[int, bytes]:
    """One page for each content stream; object 4 is the font. `extra` from number 1000 on."""
    first = 10
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(contents)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(contents), kids),
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for number, content in enumerate(contents):
        at = first + 2 * number
        objects[at] = page(at + 1, facts)
        objects[at + 1] = content
    return objects | dict(extra or {})


def page(contents: int, facts: bytes = b"", box: bytes = b"0 0 595 842") -> bytes:
    resources = b"<< /Font << /F 4 0 R >> %s >>" % facts
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Resources %s /Contents %d 0 R >>" % (box, resources, contents)


def stream(content: bytes, facts: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), facts, content)


def packed(content: bytes, times: int = 1) -> bytes:
    press = zlib.compressobj(6)
    deflated = b"".join(press.compress(content) for _ in range(times)) + press.flush()
    return stream(deflated, b"/Filter /FlateDecode")


def lines(*texts: str, before: str = "", size: int = 12) -> bytes:
    """From the top of the page down; `before`: operators for all of them."""
    shown = "".join(f"1 0 0 1 72 {760 - 20 * at} Tm ({text}) Tj\n" for at, text in enumerate(texts))
    return stream(f"BT /F {size} Tf {before}\n{shown}ET".encode())
