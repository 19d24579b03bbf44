"""An attempt as a row, and back."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from services.domain.chat import ChatAddress
from services.domain.generation import Generation, PromptRelease
from services.domain.usage import Usage
from services.store.draft_json import draft_from_json


def to_generation(row: Row[Any]) -> Generation:
    return Generation(
        id=row.id,
        brief_id=row.brief_id,
        number=row.number,
        state=row.state,
        version=row.version,
        requested_by=row.requested_by,
        parent_id=row.parent_id,
        chip=row.chip,
        instruction=row.instruction,
        reply_to=_address(row.reply_to_chat_id, row.reply_to_topic_id, row.reply_to_message_id),
        placeholder=_address(row.placeholder_chat_id, row.placeholder_topic_id, row.placeholder_message_id),
        draft=None if row.draft is None else draft_from_json(row.draft),
        text=row.text,
        text_complete=row.text_complete,
        model=row.model,
        parameters=row.parameters,
        prompt=None if row.prompt_name is None else PromptRelease(row.prompt_name, row.prompt_version, row.prompt_hash),
        usage=None if row.usage is None else Usage(**row.usage),
        error_code=row.error_code,
        error_facts=row.error_facts or {},
        lease_owner=row.lease_owner,
        lease_token=row.lease_token,
        lease_until=row.lease_until,
        created_at=row.created_at,
        finished_at=row.finished_at,
        delivered_at=row.delivered_at,
        brief_revision=row.brief_revision,
        continuation=tuple(row.continuation or ()),
        reminders=row.reminders,
        reminded_at=row.reminded_at,
    )


def address_values(prefix: str, address: ChatAddress | None) -> dict[str, int | None]:
    return {
        f"{prefix}_chat_id": address.chat_id if address else None,
        f"{prefix}_topic_id": address.topic_id if address else None,
        f"{prefix}_message_id": address.message_id if address else None,
    }


def prompt_values(prompt: PromptRelease | None) -> dict[str, str | None]:
    return {
        "prompt_name": prompt.name if prompt else None,
        "prompt_version": prompt.version if prompt else None,
        "prompt_hash": prompt.content_hash if prompt else None,
    }


def usage_to_json(usage: Usage) -> dict[str, Any]:
    return asdict(usage)


def _address(chat_id: int | None, topic_id: int | None, message_id: int | None) -> ChatAddress | None:
    return None if chat_id is None else ChatAddress(chat_id, topic_id, message_id)
