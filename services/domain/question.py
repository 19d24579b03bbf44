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
