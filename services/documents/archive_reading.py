"""A ZIP of documents: an export of Notion, Slack or a drive, or whatever somebody packed."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from services.documents.budget import Budget
from services.documents.extract import Member
from services.documents.limits import ReadLimits
from services.documents.notion_export import is_notion, page_names, without_page_links
from services.documents.slack_export import SlackMonth, read_slack, slack_root
from services.documents.sniffing import SUFFIXES
from services.documents.zip_members import Entry, ZipMembers

ReadText = Callable[[str], str]


class ArchiveReading:
    """Raises DocumentRefused (without its name)."""

    def __init__(self, content: bytes, limits: ReadLimits, budget: Budget) -> None:
        self._zip = ZipMembers(content, limits, budget)
        self._by_name = {entry.name: entry for entry in self._zip.entries}
        self.is_notion = is_notion(self._by_name)
        self._slack = slack_root(self._by_name)

    @property
    def is_slack(self) -> bool:
        return self._slack is not None

    def months(self) -> Iterator[SlackMonth]:
        return read_slack(self._slack or "", self._by_name, lambda name: self._zip.read(self._by_name[name]))

    def members(self) -> Iterator[Member]:
        """Those that may be documents, by their names; others are not even unpacked."""
        for name, entry in self._named():
            if PurePosixPath(name).suffix.lower() in SUFFIXES:
                yield Member(name, self._zip.read(entry))

    def _named(self) -> list[tuple[str, Entry]]:
        if self.is_notion:
            return page_names(self._zip.entries)
        return sorted(self._by_name.items())

    def bare(self, text: str) -> str:
        return without_page_links(text) if self.is_notion else text
