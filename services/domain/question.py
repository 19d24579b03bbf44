"""What Muza may ask a person to write or say."""

from enum import StrEnum


class Purpose(StrEnum):
    IDEA = "idea"
    ASK = "ask"
    REFINE = "refine"
    OWN_WORDS = "words"
    CHANGES = "changes"
    REJECT = "reject"
    TRANSCRIPT = "text"
    """What a recording really says."""
    BROADCAST = "broadcast"
    """A message to be announced: not only words."""
    PASSPORT = "passport"
    """What is known of a document: its note, how long it holds, when to look at it again."""
    REPLACEMENT = "replacement"
    """A file: the next version of a document."""
