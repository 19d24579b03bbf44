"""Exports of Notion and Slack, letters, tables of values, and archives that lie."""

import datetime as dt
import json
from email.message import EmailMessage

import pytest

from services.documents.csv_table import read_csv
from services.documents.limits import ReadLimits
from services.documents.notion_export import plain_name
from services.documents.reading import read_documents
from services.domain.errors import DocumentDamaged, DocumentEmpty, DocumentProtected, DocumentTooHeavy
from services.domain.passport import DocumentFlag
from services.domain.reading import ReadDocument
from tests.hostile_archives import letter, letters_in_letters, nested
from tests.packed_by_hand import ENCRYPTED, LINK, MEGABYTE, Part, blanks, deflated, text_part, zipped

ID, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
NOTE = text_part("note.md", "# Note\n\nA harmless note.")


def read(content: bytes, name: str = "export.zip", limits: ReadLimits | None = None) -> dict[str, ReadDocument]:
    return {document.name: document for document in read_documents(content, name, limits or ReadLimits())}


def test_notion_names_links_and_databases() -> None:
    pages = zipped(
        [
            text_part(f"Бренд {ID}.md", f"# Бренд\n\n[Голос](%D0%93%20{OTHER}.md) и [сайт](https://example.org)"),
            text_part(f"Бренд {ID}/Голос {OTHER}.md", "# Голос\n\nТепло."),
            text_part(f"Бренд {ID}/Голос {ID}.md", "# Голос\n\nДругая страница."),
            text_part(f"Цены {OTHER}.csv", "Товар,Цена\nЧай,100"),
            text_part(f"Цены {OTHER}_all.csv", "Товар,Цена\nЧай,100\nКофе,200"),
        ]
    )
    outer = zipped([text_part(f"Export-{ID[:8]}-{ID[:4]}-{ID[:4]}-{ID[:4]}-{ID[:12]}-Part-1.zip", pages)])
    documents = read(outer)
    assert sorted(documents) == ["Бренд.md", "Бренд/Голос (2).md", "Бренд/Голос.md", "Цены.csv"]
    assert documents["Бренд.md"].text == "# Бренд\n\nГолос и [сайт](https://example.org)"
    assert "| Кофе | 200 |" in documents["Цены.csv"].text
    assert plain_name(f"A {ID}/B-{OTHER}.md") == "A/B.md"


def message(user: str, day: int, text: str, **facts: str) -> dict[str, str]:
    seconds = dt.datetime(2026, 3, day, 10, 5, tzinfo=dt.UTC).timestamp()
    return {"type": "message", "user": user, "ts": f"{seconds}", "text": text} | facts


def test_slack_channels_by_month_with_names() -> None:
    days = {
        "2026-03-05": [
            message("U1", 5, "Привет <@U2>, смотри <https://example.org|бриф> &amp; <#C1|general>"),
            message("U2", 5, "вошла", subtype="channel_join"),
        ],
        "2026-03-06": [message("U2", 6, "Готово", thread_ts="1.0")],
        "2026-04-01": [message("U9", 1, "Апрель")],
    }
    users = [{"id": "U1", "profile": {"real_name": "Анна"}}, {"id": "U2", "name": "oleg"}]
    archive = zipped(
        [
            text_part("users.json", json.dumps(users)),
            text_part("channels.json", json.dumps([{"id": "C1", "name": "general"}])),
            text_part("dms.json", json.dumps([{"id": "D1", "members": ["U1", "U2"]}])),
            text_part("D1/2026-03-05.json", json.dumps([message("U1", 5, "Между нами")])),
            *(text_part(f"general/{day}.json", json.dumps(said)) for day, said in days.items()),
        ]
    )
    documents = read(archive)
    assert sorted(documents) == ["general/2026-03", "general/2026-04"]
    march = documents["general/2026-03"]
    assert (march.format, march.title, march.date) == ("slack", "#general, 2026-03", dt.date(2026, 3, 6))
    assert "**Анна** 10:05: Привет @oleg, смотри [бриф](https://example.org) & #general" in march.text
    assert "↳ **oleg** 10:05: Готово" in march.text
    assert "вошла" not in march.text


def test_a_letter_with_what_hangs_on_it() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Анна <anna@example.org>", "team@example.org", "Прайс на май"
    mail["Date"] = "Fri, 01 May 2026 10:00:00 +0300"
    mail.set_content("Прайс во вложении.")
    mail.add_alternative("<p>Прайс во вложении.</p>", subtype="html")
    mail.add_attachment(b"item;price\ntea;100", maintype="text", subtype="csv", filename="price.csv")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(9), maintype="image", subtype="png", filename="logo.png")
    documents = read(bytes(mail), "letter.eml")
    assert sorted(documents) == ["letter.eml", "letter.eml/price.csv"]
    text = documents["letter.eml"]
    assert (text.title, text.author, text.date) == ("Прайс на май", "Анна <anna@example.org>", dt.date(2026, 5, 1))
    assert text.text.count("Прайс во вложении.") == 1


def test_a_mailbox_holds_letters() -> None:
    one = b"From a@example.org Fri May  1 10:00:00 2026\n" + letter(b"First letter")
    documents = read(one + b"\n\n" + one.replace(b"First", b"Second"), "mail.mbox")
    assert [text.text.splitlines()[-1] for text in documents.values()] == ["First letter", "Second letter"]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_tables_of_values(separator: str) -> None:
    rows = [["Товар", "Цена"], ['"Чай, чёрный; листовой"', "100"], ["Кофе", ""], ["", ""]]
    text = "\n".join(separator.join(row) for row in rows)
    expected = "| Товар | Цена |\n| --- | --- |\n| Чай, чёрный; листовой | 100 |\n| Кофе |  |"
    assert read_csv(text.encode("cp1251"), ReadLimits()).pages == (expected,)


def test_a_table_that_is_too_long_is_shortened() -> None:
    extract = read_csv(b"a;b\n" * 100, ReadLimits(cells=50))
    assert extract.flags == {DocumentFlag.SHORTENED}
    assert extract.pages[0].count("\n") == 25


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (zipped([text_part("../../evil.md", "x"), NOTE]), DocumentDamaged),
        (zipped([text_part("/etc/passwd.md", "x"), NOTE]), DocumentDamaged),
        (zipped([text_part("C:\\evil.md", "x"), NOTE]), DocumentDamaged),
        (zipped([Part("a.txt", deflated(b"/etc/passwd"), attributes=LINK)]), DocumentEmpty),
        (zipped([Part("a.md", NOTE.packed, flags=ENCRYPTED)]), DocumentProtected),
        (zipped([NOTE, Part("zeros.txt", blanks(4))]), DocumentTooHeavy),
        (zipped([Part("zeros.txt", blanks(1), claimed_size=10)]), DocumentDamaged),
        (zipped([text_part(f"{number}.md", "text") for number in range(60)]), DocumentTooHeavy),
        (zipped([NOTE])[:-30], DocumentDamaged),
        (nested(6), DocumentTooHeavy),
        (letters_in_letters(9), DocumentTooHeavy),
    ],
)
def test_archives_that_harm_are_refused_whole(content: bytes, kind: type[Exception]) -> None:
    limits = ReadLimits(unpacked_bytes=3 * MEGABYTE, entries=50)
    with pytest.raises(kind):
        read(content, "a.zip", limits)


def test_a_bomb_in_a_letter_is_refused_with_it() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = "a@example.org", "b@example.org", "Fri, 01 May 2026 10:00:00 +0300"
    mail.set_content("Hello")
    bomb = zipped([Part("a.txt", blanks(4))])
    mail.add_attachment(bomb, maintype="application", subtype="zip", filename="a.zip")
    with pytest.raises(DocumentTooHeavy):
        read(bytes(mail), "a.eml")


def test_two_files_of_one_name_are_two() -> None:
    assert sorted(read(zipped([NOTE, text_part("note.md", "# Another")]))) == ["note (2).md", "note.md"]
