"""What some models want before a text, so that they know a question from a passage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefixes:
    query: str = ""
    passage: str = ""


def prefixes_of(model: str) -> Prefixes:
    """By the family in the model's name: E5 asks for them (https://huggingface.co/intfloat/multilingual-e5-small,
    "FAQ 1"), and so does nomic-embed-text; without them both lose some quality."""
    name = model.lower()
    if "e5" in name.replace("_", "-").replace("/", "-").split("-") and "instruct" not in name:
        return Prefixes("query: ", "passage: ")
    if "nomic-embed" in name:
        return Prefixes("search_query: ", "search_document: ")
    return Prefixes()
