"""Links against a real server: what arrives, and what never leaves."""

import asyncio
import gzip
from pathlib import Path

import pytest
from aiohttp import web

from services.domain.errors import DocumentUnsupported, LinkFailed, LinkRefused
from services.fetching.aiohttp_links import AiohttpLinks
from services.fetching.link_rules import LinkRules, let_in
from tests.unit.services.fetching.web import HOME, Names, Web, running

PAGE = "<html><body><p>Тихий час: улун после пяти.</p></body></html>"
PUBLIC = "93.184.215.14"


def a_page() -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


def moved(to: str) -> web.Response:
    return web.Response(status=302, headers={"Location": to})


def links(site: Web, *, names: dict[str, list[str]] | None = None, **rules: object) -> AiohttpLinks:
    """`wiki.test` is let in at the server's port; the other names are of the public web."""
    allowed = let_in([f"wiki.test:{site.port}"])
    return AiohttpLinks(LinkRules(let_in=allowed, **rules), Names({"wiki.test": [HOME], **(names or {})}))  # type: ignore[arg-type]


async def test_a_page_is_fetched_through_redirects(tmp_path: Path) -> None:
    async with running({"/old": moved("/чай/новое"), "/чай/новое": a_page()}) as site:
        fetched = await links(site).fetch(site.at("wiki.test", "/old#top"), tmp_path / "page")
    assert (tmp_path / "page").read_text() == PAGE
    assert (fetched.name, fetched.is_page, fetched.size_bytes) == ("file.html", True, len(PAGE.encode()))
    assert fetched.url.endswith("/%D1%87%D0%B0%D0%B9/%D0%BD%D0%BE%D0%B2%D0%BE%D0%B5")


async def test_a_file_keeps_its_name(tmp_path: Path) -> None:
    told = {"Content-Disposition": 'attachment; filename="../../price list.pdf"'}
    pages = {"/get": web.Response(body=b"%PDF-1.7", content_type="application/pdf", headers=told)}
    async with running(pages) as site:
        fetched = await links(site).fetch(site.at("wiki.test", "/get"), tmp_path / "file")
    assert (fetched.name, fetched.is_page) == ("price_list.pdf", False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://wiki.test/a",
        "file:///etc/passwd",
        "http://user:secret@wiki.test/",
        "http://wiki.test:22/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://127.1/",
        "http:///path",
        "http://[broken/",
        "javascript:alert(1)",
    ],
)
async def test_an_address_that_is_not_of_the_public_web_is_refused(url: str, tmp_path: Path) -> None:
    async with running({}) as site:
        with pytest.raises(LinkRefused) as refused:
            await links(site).fetch(url, tmp_path / "page")
    assert type(refused.value) is LinkRefused or url in ("http://2130706433/", "http://127.1/")
    assert site.asked == []


@pytest.mark.parametrize("answers", [[HOME], [f"{PUBLIC} {HOME}"], ["::ffff:7f00:1"], ["10.0.0.7"]])
async def test_a_name_that_leads_inside_is_refused(answers: list[str], tmp_path: Path) -> None:
    """Also where only one of its addresses does: who connects would choose."""
    async with running({"/": a_page()}) as site:
        names = Names({"evil.test": answers})
        with pytest.raises(LinkRefused) as refused:
            await AiohttpLinks(LinkRules(), names).fetch("http://evil.test/", tmp_path / "page")
    assert type(refused.value) is LinkRefused
    assert (site.asked, names.asked) == ([], ["evil.test"])


async def test_a_redirect_that_leads_inside_is_refused(tmp_path: Path) -> None:
    async with running({"/": moved("http://evil.test/secret"), "/secret": a_page()}) as site:
        with pytest.raises(LinkRefused) as refused:
            await links(site, names={"evil.test": [HOME]}).fetch(site.at("wiki.test"), tmp_path / "page")
    assert type(refused.value) is LinkRefused
    assert site.asked == ["wiki.test/"]


async def test_a_name_is_looked_up_once_for_the_check_and_the_connection(tmp_path: Path) -> None:
    """A second answer, given after the check, would be the attacker's."""
    names = Names({"wiki.test": [HOME, "127.0.0.7"]})
    async with running({"/": a_page()}) as site:
        rules = LinkRules(let_in=let_in([f"wiki.test:{site.port}"]))
        await AiohttpLinks(rules, names).fetch(site.at("wiki.test"), tmp_path / "page")
    assert (site.asked, names.asked) == (["wiki.test/"], ["wiki.test"])


async def test_a_host_of_ones_own_is_let_in_at_its_port_only(tmp_path: Path) -> None:
    async with running({"/": a_page()}) as site:
        rules = LinkRules(let_in=let_in(["Wiki.Test:8443", "127.0.0.1"]))
        with pytest.raises(LinkRefused):
            await AiohttpLinks(rules, Names({"wiki.test": [HOME]})).fetch(site.at("wiki.test"), tmp_path / "page")
        with pytest.raises(LinkRefused):
            await AiohttpLinks(rules).fetch(site.at(HOME), tmp_path / "page")
    assert site.asked == []


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (web.Response(status=404), "404"),
        (web.Response(body=b"a" * 3000, content_type="text/plain"), "size"),
        (web.Response(body=gzip.compress(b"a" * 10**6), headers={"Content-Encoding": "gzip"}), "size"),
        (web.Response(body=b"broken", headers={"Content-Encoding": "gzip"}), "encoding"),
        (moved("/"), "redirects"),
        (moved(""), "redirects"),
    ],
)
async def test_what_does_not_come_is_told(page: web.Response, why: str, tmp_path: Path) -> None:
    async with running({"/": page}) as site:
        with pytest.raises(LinkFailed) as failed:
            await links(site, most_bytes=2000, most_hops=0).fetch(site.at("wiki.test"), tmp_path / "page")
    assert failed.value.facts == {"address": "wiki.test", "why": why}


async def test_pictures_are_no_documents(tmp_path: Path) -> None:
    async with running({"/": web.Response(body=b"x", content_type="image/png")}) as site:
        with pytest.raises(DocumentUnsupported):
            await links(site).fetch(site.at("wiki.test"), tmp_path / "page")


async def test_a_server_that_never_ends_is_not_waited_for(tmp_path: Path) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(drip, HOME, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(LinkFailed) as failed:
            await links(Web(port), seconds=0.2).fetch(f"http://wiki.test:{port}/", tmp_path / "page")
    assert failed.value.facts["why"] == "timeout"
