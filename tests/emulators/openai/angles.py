"""The form in which sentence patterns are kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Angle:
    """One way to look at a brief. A pattern whose slot has nothing to fill it is passed over.

    Slots: {name} a proper name in quotes, {line} a short slogan as it is, {phrase} a line of the brand in quotes,
    {fact} a sentence in quotes, {insight} and {voice} likewise, {hour} a time of day, {brief} the brief in quotes.
    The last title and the last mechanic are spare ones without slots.
    """

    label: str
    titles: tuple[str, ...]
    openings: tuple[str, ...]
    """Of the first idea: they name the brief."""
    plain_opening: str
    mechanics: tuple[str, ...]
    endings: tuple[str, ...]
    whys: tuple[str, ...]
    quotes_people: bool = False
    """What customers said suits it better than a figure."""


@dataclass(frozen=True, slots=True)
class Phrasebook:
    angles: tuple[Angle, ...]
    fact_links: tuple[str, ...]
    insight_links: tuple[str, ...]
    voice_links: tuple[str, ...]
    bold_titles: tuple[str, ...]
    bold_moves: tuple[str, ...]
    angle_named: str
    """Names the angle of an idea; {label}."""
    instruction_heeded: str
    """{instruction}"""
    no_knowledge: str
    answer_opening: str
    not_found: str
    talk: str
    """{said}"""
    signature: str
    """Marks every answer as the demo writer's."""
