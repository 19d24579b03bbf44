"""A night run as rows, and back."""

from typing import Any

from sqlalchemy import Row

from services.domain.batch import Batch, BatchLine, LinePrompt, SkippedLine, SkipReason
from services.domain.chat import ChatAddress
from services.domain.generation import PromptRelease
from services.store.draft_json import draft_from_json


def to_batch(row: Row[Any]) -> Batch:
    screen = None
    if row.screen_chat_id is not None:
        screen = ChatAddress(row.screen_chat_id, row.screen_topic_id, row.screen_message_id)
    return Batch(
        id=row.id,
        key=row.key,
        member_id=row.member_id,
        project_id=row.project_id,
        address=ChatAddress(row.chat_id, row.topic_id, row.message_id),
        file_name=row.file_name,
        language=row.language,
        state=row.state,
        version=row.version,
        total=row.total,
        skipped=tuple(SkippedLine(number, SkipReason(reason)) for number, reason in row.skipped),
        screen=screen,
        prepared=row.prepared,
        provider=row.provider,
        model=row.model,
        likely_microusd=row.likely_microusd,
        most_microusd=row.most_microusd,
        now_microusd=row.now_microusd,
        budget_day=row.budget_day,
        file_id=row.file_id,
        provider_id=row.provider_id,
        done=row.done,
        cancel_reason=row.cancel_reason,
        error_code=row.error_code,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        finished_at=row.finished_at,
    )


def to_line(row: Row[Any]) -> BatchLine:
    return BatchLine(
        batch_id=row.batch_id,
        number=row.number,
        text=row.text,
        state=row.state,
        prompt=None if row.prompt_name is None else _prompt(row),
        draft=None if row.draft is None else draft_from_json(row.draft),
        error_code=row.error_code,
    )


def _prompt(row: Row[Any]) -> LinePrompt:
    return LinePrompt(
        body=row.body or {},
        release=PromptRelease(row.prompt_name, row.prompt_version, row.prompt_hash),
        role=row.role,
        passages=row.passages,
        tokens_in=row.tokens_in,
        likely_microusd=row.likely_microusd,
        most_microusd=row.most_microusd,
        now_microusd=row.now_microusd,
    )


def prompt_columns(prompt: LinePrompt) -> dict[str, Any]:
    return {
        "body": prompt.body,
        "prompt_name": prompt.release.name,
        "prompt_version": prompt.release.version,
        "prompt_hash": prompt.release.content_hash,
        "role": prompt.role,
        "passages": prompt.passages,
        "tokens_in": prompt.tokens_in,
        "likely_microusd": prompt.likely_microusd,
        "most_microusd": prompt.most_microusd,
        "now_microusd": prompt.now_microusd,
    }
