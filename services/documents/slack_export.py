"""A Slack export: users.json, channels.json and <channel>/<date>.json, as one document for each channel and month.

Public channels alone: direct messages and private channels of an export stay out of the knowledge base.
"""

import datetime as dt
import html
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from services.documents.extract import Extract
from services.domain.errors import DocumentDamaged

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)\.json")
_MENTION = re.compile(r"<@([A-Z0-9]{1,20})(?:\|([^<>]{0,100}))?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]{1,20}\|([^<>]{0,100})>")
_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|)?@?([^<>|]{1,100})(?:\|[^<>]{0,100})?>")
_LINK = re.compile(r"<((?:https?|mailto):[^<>|]{1,2000})(?:\|([^<>]{0,1000}))?>")
_NOISE = frozenset({"channel_join", "channel_leave", "channel_archive", "channel_unarchive", "bot_add", "bot_remove"})


@dataclass(frozen=True, slots=True)
class SlackMonth:
    name: str
    """channel/2026-03"""
    extract: Extract


def slack_root(names: Iterable[str]) -> str | None:
    """The folder that the export lies in, "" at the top; None: it is no such export."""
    there = set(names)
    for name in sorted(there):
        folder, _, file = name.rpartition("/")
        prefix = f"{folder}/" if folder else ""
        if file == "channels.json" and f"{prefix}users.json" in there:
            return prefix
    return None


def read_slack(root: str, names: Iterable[str], read: Callable[[str], bytes]) -> Iterator[SlackMonth]:
    """Raises DocumentDamaged (without a name) when its lists are no JSON."""
    people = {str(user.get("id")): _person(user) for user in _rows(read(f"{root}users.json"))}
    channels = {str(channel.get("name")) for channel in _rows(read(f"{root}channels.json"))}
    months: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in sorted(names):
        path = PurePosixPath(name.removeprefix(root))
        day = _DAY.fullmatch(path.name)
        if day and len(path.parts) == 2 and path.parts[0] in channels:
            months[path.parts[0], day.group(1)[:7]].append(name)
    for (channel, month), days in months.items():
        parts = [part for name in days if (part := _day(name, read(name), people))]
        if parts:
            title = f"#{channel}, {month}"
            last = dt.date.fromisoformat(PurePosixPath(days[-1]).stem)
            text = "\n\n".join([f"# {title}", *parts])
            yield SlackMonth(f"{channel}/{month}", Extract(pages=(text,), title=title, date=last))


def _day(name: str, content: bytes, people: Mapping[str, str]) -> str:
    messages = sorted(_rows(content), key=_seconds)
    lines = [line for message in messages if (line := _line(message, people))]
    return "\n\n".join([f"## {PurePosixPath(name).stem}", *lines]) if lines else ""


def _line(message: Mapping[str, Any], people: Mapping[str, str]) -> str:
    text = _plain(str(message.get("text") or ""), people).strip()
    files = message.get("files")
    named = [str(file.get("name")) for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    if message.get("type") != "message" or message.get("subtype") in _NOISE or not (text or named):
        return ""
    author = people.get(str(message.get("user"))) or str(message.get("username") or message.get("user") or "?")
    at = dt.datetime.fromtimestamp(_seconds(message), dt.UTC).strftime("%H:%M")
    is_reply = message.get("thread_ts") not in (None, message.get("ts"))
    attached = f" [{', '.join(named)}]" if named else ""
    return f"{'↳ ' if is_reply else ''}**{author}** {at}: {text}{attached}"


def _plain(text: str, people: Mapping[str, str]) -> str:
    text = _MENTION.sub(lambda found: "@" + (people.get(found[1]) or found[2] or found[1]), text)
    text = _SPECIAL.sub(r"@\1", _CHANNEL.sub(r"#\1", text))
    text = _LINK.sub(lambda found: f"[{found[2]}]({found[1]})" if found[2] else found[1], text)
    return html.unescape(text)


def _person(user: Mapping[str, Any]) -> str:
    profile = user.get("profile")
    facts = profile if isinstance(profile, dict) else {}
    names = (facts.get("real_name"), user.get("real_name"), facts.get("display_name"), user.get("name"))
    return next((str(name) for name in names if name), "?")[:100]


def _seconds(message: Mapping[str, Any]) -> float:
    try:
        return min(max(float(message.get("ts") or 0), 0.0), 4e9)
    except (TypeError, ValueError):
        return 0.0


def _rows(content: bytes) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DocumentDamaged("a Slack export whose lists are no JSON") from error
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
