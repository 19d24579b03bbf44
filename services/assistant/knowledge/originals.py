"""Where the originals of documents that people gave are kept."""

FOLDER = "documents"


def folder_of(learning_id: int) -> str:
    return f"{FOLDER}/{learning_id}"


def key_of(learning_id: int, name: str) -> str:
    """`name`: safe for a file."""
    return f"{folder_of(learning_id)}/{name}"
