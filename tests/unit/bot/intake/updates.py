"""Updates as Telegram would send them."""

from typing import Any

NOW = 1_800_000_000


def text_update(update_id: int, chat_id: int = 1, text: str = "hello") -> dict[str, Any]:
    person = {"id": chat_id, "is_bot": False, "first_name": "Аня"}
    chat = {"id": chat_id, "type": "private", "first_name": "Аня"}
    message = {"message_id": update_id, "date": NOW, "chat": chat, "from": person, "text": text}
    return {"update_id": update_id, "message": message}


def tap_update(update_id: int, chat_id: int, person_id: int) -> dict[str, Any]:
    person = {"id": person_id, "is_bot": False, "first_name": "Вера"}
    message = {"message_id": 5, "date": NOW, "chat": {"id": chat_id, "type": "supergroup", "title": "Отдел"}}
    query = {"id": "1", "from": person, "chat_instance": "1", "data": "x", "message": message}
    return {"update_id": update_id, "callback_query": query}


def picture_update(
    update_id: int, *, album: str | None, caption: str | None = None, chat_id: int = 1
) -> dict[str, Any]:
    update = text_update(update_id, chat_id)
    message = update["message"]
    del message["text"]
    message["photo"] = [{"file_id": f"p{update_id}", "file_unique_id": f"u{update_id}", "width": 90, "height": 60}]
    if album is not None:
        message["media_group_id"] = album
    if caption is not None:
        message["caption"] = caption
    return update


def sound_update(update_id: int, *, album: str, as_file: bool = False) -> dict[str, Any]:
    """A song, or a document with sound in it, out of several sent together."""
    update = picture_update(update_id, album=album)
    message = update["message"]
    del message["photo"]
    file = {"file_id": f"s{update_id}", "file_unique_id": f"v{update_id}", "mime_type": "audio/mpeg"}
    if as_file:
        message["document"] = file
    else:
        message["audio"] = {**file, "duration": 60}
    return update
