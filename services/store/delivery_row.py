"""A row of the outbox as a delivery."""

from typing import Any

from sqlalchemy import Row

from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery


def delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
        address=ChatAddress(row.chat_id, row.topic_id, row.message_id),
        payload=row.payload,
        state=row.state,
        attempts=row.attempts,
        not_before=row.not_before,
        key=row.key,
        error_code=row.error_code,
        created_at=row.created_at,
        broadcast_id=row.broadcast_id,
    )
