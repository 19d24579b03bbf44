"""Archives, office files and letters that are meant to harm their reader."""

from collections.abc import Callable

from tests.office_by_hand import (
    SHEET,
    WORD,
    XML,
    cell,
    docx,
    docx_of,
    epub_of,
    odt_of,
    paragraph,
    pptx_of,
    xlsx,
    xlsx_of,
)
from tests.packed_by_hand import ENCRYPTED, LINK, MEGABYTE, Part, blanks, deflated, text_part, zipped

Build = Callable[[], bytes]
NOTE = text_part("note.md", "# Note\n\nA harmless note.")
BOMB_MEGABYTES = 300
_LAUGHS = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 11))
LAUGHS = f"<!DOCTYPE d [<!ENTITY a0 'ha'>{_LAUGHS}]>"
OUTSIDE = "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


def nested(levels: int) -> bytes:
    content = zipped([NOTE])
    for level in range(levels):
        content = zipped([text_part(f"{level}.zip", content)])
    return content


def branching(levels: int) -> bytes:
    """Ten in ten in ten: a few kilobytes that unpack to terabytes."""
    content = zipped([Part("zeros.txt", blanks(50))])
    for _ in range(levels):
        content = zipped([text_part(f"{number}.zip", content) for number in range(10)])
    return content


def letter(body: bytes, kind: bytes = b"text/plain") -> bytes:
    head = b"From: a@example.org\nTo: b@example.org\nSubject: Hi\nDate: Fri, 1 May 2026 10:00:00 +0000\n"
    return head + b"MIME-Version: 1.0\nContent-Type: %s\n\n%s" % (kind, body)


def letter_of_parts(count: int, *, inside: bool) -> bytes:
    """One beside another, or one in another."""
    if not inside:
        parts = b"".join(b"--x\nContent-Type: text/plain\n\npart %d\n" % number for number in range(count))
        return letter(parts + b"--x--\n", b"multipart/mixed; boundary=x")
    body = b"".join(b"--%d\nContent-Type: multipart/mixed; boundary=%d\n\n" % (n, n + 1) for n in range(count))
    return letter(body, b"multipart/mixed; boundary=0")


def letters_in_letters(levels: int) -> bytes:
    content = letter(b"the last one")
    for _ in range(levels):
        content = letter(content, b"message/rfc822")
    return content


def letter_with(name: bytes, content: bytes) -> bytes:
    import base64

    return letter(
        b"--x\nContent-Type: text/plain\n\nhello there\n--x\nContent-Type: application/zip\n"
        b"Content-Disposition: attachment; filename=%s\nContent-Transfer-Encoding: base64\n\n%s\n--x--\n"
        % (name, base64.encodebytes(content)),
        b"multipart/mixed; boundary=x",
    )


def _word_head() -> bytes:
    return f'{XML}<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>'.encode()


WORD_TAIL = b"</w:t></w:r></w:p></w:body></w:document>"
SHEET_HEAD = f'{XML}<worksheet xmlns="{SHEET}"><sheetData>'.encode()
SLACK = [text_part("users.json", "[]"), text_part("channels.json", '[{"name": "general"}]')]
ARCHIVES: dict[str, Build] = {
    "ratio.zip": lambda: zipped([Part("zeros.txt", blanks(BOMB_MEGABYTES))]),
    "many-entries.zip": lambda: zipped([text_part(f"{n}.md", f"note {n}") for n in range(20_000)]),
    "lying-small.zip": lambda: zipped([Part("zeros.txt", blanks(BOMB_MEGABYTES), claimed_size=10)]),
    "lying-huge.zip": lambda: zipped([Part("note.txt", deflated(b"short"), claimed_size=2**31)]),
    "nested.zip": lambda: nested(50),
    "branching.zip": lambda: branching(5),
    "overlapping.zip": lambda: zipped([Part("zeros.txt", blanks(20))], overlapping=5_000),
    "traversal.zip": lambda: zipped([text_part("../../etc/cron.d/evil.md", "evil"), NOTE]),
    "absolute.zip": lambda: zipped([text_part("/etc/passwd.txt", "evil"), NOTE]),
    "backslashes.zip": lambda: zipped([text_part("..\\..\\evil.md", "evil"), NOTE]),
    "link.zip": lambda: zipped([Part("passwd.txt", deflated(b"/etc/passwd"), attributes=LINK)]),
    "encrypted.zip": lambda: zipped([Part("note.md", NOTE.packed, flags=ENCRYPTED)]),
    "cut-off.zip": lambda: zipped([NOTE, Part("zeros.txt", blanks(1))])[:-60],
    "folders.zip": lambda: zipped([Part(f"folder-{n}/", deflated(b"")) for n in range(5_000)]),
    "notion-bomb.zip": lambda: zipped(
        [text_part(f"Export-{'0a1b2c3d-' * 3}0a1b2c3d4-Part-1.zip", zipped([Part("a.md", blanks(BOMB_MEGABYTES))]))]
    ),
    "slack-depth.zip": lambda: zipped([*SLACK, text_part("general/2026-01-01.json", "[" * 2_000_000)]),
    "slack-bomb.zip": lambda: zipped([*SLACK, Part("general/2026-01-01.json", blanks(BOMB_MEGABYTES, b"[", b"]"))]),
    "letter-nested-10000.eml": lambda: letter_of_parts(10_000, inside=True),
    "letter-parts-20000.eml": lambda: letter_of_parts(20_000, inside=False),
    "letters-in-letters.eml": lambda: letters_in_letters(300),
    "letter-with-bomb.eml": lambda: letter_with(b"a.zip", zipped([Part("a.txt", blanks(BOMB_MEGABYTES))])),
}
OFFICE: dict[str, Build] = {
    "bomb.docx": lambda: docx_of(blanks(BOMB_MEGABYTES, _word_head(), WORD_TAIL)),
    "lying.docx": lambda: docx_of(blanks(BOMB_MEGABYTES, _word_head(), WORD_TAIL), claimed_size=1000),
    "bomb.pptx": lambda: pptx_of(blanks(BOMB_MEGABYTES, b"<p:sld>", b"</p:sld>")),
    "bomb.xlsx": lambda: xlsx_of(blanks(BOMB_MEGABYTES, SHEET_HEAD, b"</sheetData></worksheet>")),
    "strings.xlsx": lambda: xlsx(cell("A1", "a"), strings=blanks(BOMB_MEGABYTES, b"<sst><si><t>", b"</t></si></sst>")),
    "bomb.odt": lambda: odt_of(blanks(BOMB_MEGABYTES, b"<office:text>", b"</office:text>")),
    "bomb.epub": lambda: epub_of(blanks(BOMB_MEGABYTES, b"<html><body>", b"</body></html>")),
    "outside.docx": lambda: docx(paragraph("&x;"), prologue=OUTSIDE),
    "laughs.docx": lambda: docx(paragraph("&a10;"), prologue=LAUGHS),
    "corners.xlsx": lambda: xlsx(
        f'<row r="1">{cell("A1", "a")}</row><row r="1048576">{cell("XFD1048576", "b")}</row>', dimension="A1:XFD1048576"
    ),
    "cells.xlsx": lambda: xlsx_of(
        deflated(SHEET_HEAD, b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>", b"</sheetData></worksheet>", times=3000)
    ),
    "depth.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * 100_000),
    "paragraph.docx": lambda: docx(paragraph("word " * (14 * MEGABYTE))),
}
