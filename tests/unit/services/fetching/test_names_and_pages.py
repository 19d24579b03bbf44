"""Names of fetched files, Google's editors, and pages in their child."""

from pathlib import Path

import pytest

from services.domain.errors import DocumentEmpty
from services.fetching.child_pages import ChildPages
from services.fetching.file_names import name_of, safe_name
from services.fetching.google_links import as_file
from services.fetching.link_rules import let_in

ARTICLE = """<!doctype html><html lang="ru"><head><title>Улун после пяти</title>
<meta name="author" content="Анна Кравцова"><meta property="article:published_time" content="2026-03-05"></head>
<body><nav><a href="/">Главная</a> <a href="/shop">Магазин</a></nav><article><h1>Улун после пяти</h1>
<p>Тихий час начинается в пять вечера, и до семи мы наливаем только улун: он не мешает заснуть, и его можно
заваривать шесть раз подряд. В это время в зале не звучит музыка.</p><h2>Цены</h2>
<table><tr><th>Чай</th><th>Цена</th></tr><tr><td>Те Гуань Инь</td><td>420 ₽</td></tr></table>
<p>Гость платит один раз и остаётся сколько хочет; чайник доливают без напоминания, и никто не торопит.</p>
</article><footer>© Тихий час, все права защищены</footer></body></html>"""


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("brand book.PDF", "brand_book.pdf"),
        ("../../etc/passwd", "passwd"),
        ("прайс.pdf", "file.pdf"),
        ("..", "file"),
        ("C:\\docs\\a.docx", "a.docx"),
        ("a." + "b" * 30, "a." + "b" * 30),
        ("x" * 300 + ".md", "x" * 80 + ".md"),
        ("nul\0l.txt", "nul_l.txt"),
    ],
)
def test_a_name_is_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_file_without_a_name_is_called_after_its_host_and_kind() -> None:
    assert name_of("https://example.com/", "text/html", None) == "example.com.html"
    assert name_of("https://example.com/get?id=1", "application/pdf", None) == "get.pdf"
    assert name_of("https://example.com/brand.php", "text/html", None) == "brand.html"


def test_a_document_of_googles_is_asked_for_as_a_file() -> None:
    edit = "https://docs.google.com/document/d/1aBcDeFgHiJkLmNoP/edit?usp=sharing"
    assert as_file(edit) == "https://docs.google.com/document/d/1aBcDeFgHiJkLmNoP/export?format=docx"
    sheet = "https://docs.google.com/spreadsheets/u/0/d/1aBcDeFgHiJkLmNoP/edit#gid=0"
    assert as_file(sheet) == "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJkLmNoP/export?format=xlsx"
    for other in ("https://docs.google.com/forms/d/1aBcDeFgHiJkLmNoP/edit", "https://example.com/document/d/1/edit"):
        assert as_file(other) == other


def test_ones_own_hosts_are_written_with_or_without_a_port() -> None:
    assert let_in(["Wiki.corp:8080", " intra "]) == {("wiki.corp", 8080), ("intra", None)}
    with pytest.raises(ValueError, match="invalid literal"):
        let_in(["wiki.corp:http"])


async def test_a_page_is_its_text_its_table_and_its_passport(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(ARTICLE)
    page = await ChildPages().read(file, "https://tea.example/oolong")
    assert "шесть раз подряд" in page.text
    assert "| Те Гуань Инь | 420 ₽ |" in page.text
    assert "Магазин" not in page.text
    assert (page.title, page.author, str(page.date)) == ("Улун после пяти", "Анна Кравцова", "2026-03-05")
    assert (page.format, page.name) == ("html", "https://tea.example/oolong")


async def test_a_page_without_a_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html><body><script>render()</script></body></html>")
    with pytest.raises(DocumentEmpty) as refused:
        await ChildPages().read(file, "https://app.example/")
    assert refused.value.facts == {"name": "https://app.example/"}
