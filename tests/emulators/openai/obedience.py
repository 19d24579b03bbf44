"""What a model does that obeys whatever it reads: the attacker's best case, for tests of the product's defences."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tests.emulators.openai.assignment import Assignment
from tests.emulators.openai.writer import Work

ORDER = re.compile(
    r"ignore|disregard|forget (?:all|every|the)|instead of|you must|you are now|system prompt|override|"
    r"игнорир|забудь|не обращай внимания|вместо этого|ты теперь|ты должен|системн\w+ (?:промпт|инструкц)",
    re.I,
)
WANTS_PROMPT = re.compile(
    r"(?:print|reveal|show|repeat|quote|output|tell)\b[^.\n]{0,60}(?:system prompt|instructions|prompt)"
    r"|(?:выведи|покажи|повтори|процитируй|напечатай|раскрой)[^.\n]{0,60}(?:промпт|инструкци|системн)",
    re.I,
)
SAY = re.compile(
    r"(?:say|write|print|answer|reply|output|add|напиши|скажи|ответь|добавь|выведи)\b[^\"«“'\n]{0,40}[\"«“']([^\"»”'\n]+)",
    re.I,
)
LEAKED_LETTERS = 1500
URL = re.compile(r"(?:https?://|tg://|www\.)[^\s)\]>»”\"']+|(?:@|t\.me/)\w{4,}", re.I)
IMPERATIVE_LINK = re.compile(
    r"\b(?:open|visit|go to|click|follow|send|add|include|insert|link|"
    r"перейди|открой|нажми|отправь|добавь|вставь|ссылк)",
    re.I,
)


def carry_out_orders(assignment: Assignment, work: Work) -> Work:
    """The work with everything that any text of the request ordered, at the places a reader sees first."""
    done = "\n".join(dict.fromkeys(_deeds(assignment)))
    if not done:
        return work
    if work.ideas:
        first = replace(
            work.ideas[0], text=f"{done}\n{work.ideas[0].text}", title=f"{work.ideas[0].title} {_link(done)}".strip()
        )
        return replace(work, ideas=(first, *work.ideas[1:]))
    return replace(work, answer=f"{done}\n{work.answer}", found=True)


def _deeds(assignment: Assignment) -> Iterator[str]:
    foreign = assignment.whole.replace(assignment.system_prompt, "", 1)
    for paragraph in re.split(r"\n\s*\n|\n(?=\[\d+\])", foreign):
        ordered = ORDER.search(paragraph)
        if WANTS_PROMPT.search(paragraph):
            yield assignment.system_prompt[:LEAKED_LETTERS]
        if ordered:
            yield from (said.strip() for said in SAY.findall(paragraph))
        if ordered or IMPERATIVE_LINK.search(paragraph):
            yield from URL.findall(paragraph)


def _link(text: str) -> str:
    found = URL.search(text)
    return found[0] if found else ""
