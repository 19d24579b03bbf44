"""The smallest office files that are read, and what is put into their parts."""

from tests.packed_by_hand import Packed, Part, deflated, text_part, zipped

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
TYPE = "application/vnd.openxmlformats-officedocument"
XML = '<?xml version="1.0" encoding="UTF-8"?>'


def docx(body: str, *, prologue: str = "") -> bytes:
    """`body`: elements of w:body."""
    return docx_of(
        deflated(f'{XML}{prologue}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode())
    )


def docx_of(document: Packed, claimed_size: int | None = None) -> bytes:
    return zipped(
        [
            _types("/word/document.xml", f"{TYPE}.wordprocessingml.document.main+xml"),
            _relations("_rels/.rels", "rId1", "officeDocument", "word/document.xml"),
            Part("word/document.xml", document, claimed_size),
        ]
    )


def paragraph(text: str, properties: str = "") -> str:
    return f'<w:p><w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def xlsx(rows: str, *, dimension: str = "A1:B2", strings: Packed | None = None, sheet_facts: str = "") -> bytes:
    """`rows`: elements of sheetData."""
    sheet = f'{XML}<worksheet xmlns="{SHEET}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    return xlsx_of(deflated(sheet.encode()), strings, sheet_facts)


def xlsx_of(sheet: Packed, strings: Packed | None = None, sheet_facts: str = "") -> bytes:
    entry = f'<sheet name="Prices" sheetId="1" {sheet_facts} r:id="rId1"/>'
    book = f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>{entry}'
    links = (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    return zipped(
        [
            _types("/xl/workbook.xml", f"{TYPE}.spreadsheetml.sheet.main+xml"),
            _relations("_rels/.rels", "rId1", "officeDocument", "xl/workbook.xml"),
            text_part("xl/workbook.xml", f"{book}</sheets></workbook>"),
            text_part("xl/_rels/workbook.xml.rels", links),
            Part("xl/worksheets/sheet1.xml", sheet),
            Part("xl/sharedStrings.xml", strings or deflated(f'{XML}<sst xmlns="{SHEET}"/>'.encode())),
        ]
    )


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def pptx_of(slide: Packed) -> bytes:
    shown = '<p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst>'
    show = f'{XML}<p:presentation xmlns:p="{SLIDE}" xmlns:r="{OFFICE}">{shown}'
    return zipped(
        [
            _types("/ppt/presentation.xml", f"{TYPE}.presentationml.presentation.main+xml"),
            _relations("_rels/.rels", "rId1", "officeDocument", "ppt/presentation.xml"),
            text_part("ppt/presentation.xml", f"{show}</p:presentation>"),
            _relations("ppt/_rels/presentation.xml.rels", "rId1", "slide", "slides/slide1.xml"),
            Part("ppt/slides/slide1.xml", slide),
        ]
    )


def slide(text: str) -> Packed:
    shape = f"<p:sp><p:nvSpPr/><p:spPr/><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    tree = f"<p:cSld><p:spTree>{shape}</p:spTree></p:cSld>"
    return deflated(f'{XML}<p:sld xmlns:p="{SLIDE}" xmlns:a="{DRAWING}">{tree}</p:sld>'.encode())


def odt_of(content: Packed) -> bytes:
    return zipped([text_part("mimetype", "application/vnd.oasis.opendocument.text"), Part("content.xml", content)])


def epub_of(chapter: Packed) -> bytes:
    container = (
        f'{XML}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="c.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        f'{XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    return zipped(
        [
            text_part("mimetype", "application/epub+zip"),
            text_part("META-INF/container.xml", container),
            text_part("c.opf", package),
            Part("a.xhtml", chapter),
        ]
    )


def _types(part: str, kind: str) -> Part:
    types = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    return text_part("[Content_Types].xml", f'{XML}{types}<Override PartName="{part}" ContentType="{kind}"/></Types>')


def _relations(name: str, key: str, kind: str, target: str) -> Part:
    link = f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return text_part(name, f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{link}</Relationships>')
