"""Words of spoken commands, a file per language: data, with no rules in it."""

from services.assistant.listening.lexicons.english import ENGLISH
from services.assistant.listening.lexicons.lexicon import Lexicon, together
from services.assistant.listening.lexicons.russian import RUSSIAN

__all__ = ["ENGLISH", "RUSSIAN", "WORDS", "Lexicon"]

WORDS = together(RUSSIAN, ENGLISH)
