"""`muza doctor`: findings in plain words, or as JSON."""

import json

import typer

from bot.commands.doctor_texts import SUMMARY, sentence
from bot.doctor.examine import examine
from bot.doctor.finding import Finding, Status
from bot.redaction import Redactor
from bot.settings import Settings
from services.domain.language import Language

SIGNS = {Status.OK: "✅", Status.WARNING: "⚠️ ", Status.FAILURE: "❌"}


def as_lines(findings: list[Finding], language: Language) -> list[str]:
    lines = [f"{SIGNS[finding.status]} {sentence(finding.code, finding.facts, language)}" for finding in findings]
    worst = max((finding.status for finding in findings), key=list(Status).index, default=Status.OK)
    return [*lines, "", SUMMARY[worst][language]]


def as_json_text(findings: list[Finding], language: Language) -> str:
    checks = [
        {
            "check": finding.code,
            "status": finding.status,
            "facts": finding.facts,
            "text": sentence(finding.code, finding.facts, language),
        }
        for finding in findings
    ]
    healthy = all(finding.status is not Status.FAILURE for finding in findings)
    return json.dumps({"healthy": healthy, "checks": checks}, ensure_ascii=False, indent=2)


async def doctor(settings: Settings, *, as_json: bool) -> int:
    """Print the findings. Returns 1 when something must be corrected before Muza works, else 0."""
    findings = await examine(settings)
    language = settings.default_language
    text = as_json_text(findings, language) if as_json else "\n".join(as_lines(findings, language))
    typer.echo(Redactor(settings.secrets())(text))
    return 1 if any(finding.status is Status.FAILURE for finding in findings) else 0
