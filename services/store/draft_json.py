"""Drafts as JSON: written out by hand, so that a renamed field is a decision and not a broken history."""

from typing import Any

from services.domain.idea import Draft, Idea


def draft_to_json(draft: Draft) -> dict[str, Any]:
    return {
        "ideas": [
            {"title": idea.title, "text": idea.text, "why": idea.why, "sources": list(idea.sources)}
            for idea in draft.ideas
        ],
        "answer": draft.answer,
        "sources": list(draft.sources),
        "found": draft.found,
        "note": draft.note,
        "raw_text": draft.raw_text,
    }


def draft_from_json(value: dict[str, Any]) -> Draft:
    return Draft(
        ideas=tuple(
            Idea(title=idea["title"], text=idea["text"], why=idea["why"], sources=tuple(idea["sources"]))
            for idea in value["ideas"]
        ),
        answer=value["answer"],
        sources=tuple(value["sources"]),
        found=value["found"],
        note=value["note"],
        raw_text=value["raw_text"],
    )
