"""Does the provider of language models answer, and does it know the configured models?"""

import httpx2

from bot.doctor.finding import Finding, failure, ok, warning
from bot.settings import Settings

OPENAI = "https://api.openai.com/v1"  # https://platform.openai.com/docs/api-reference
NO_SUCH_ADDRESS = (404, 405, 501)


def api_base(settings: Settings) -> str:
    return (settings.openai_base_url or OPENAI).rstrip("/")


def authorization(settings: Settings) -> dict[str, str]:
    key = settings.openai_api_key
    return {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}


async def check_language_model(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    if not settings.has_language_model:
        return [failure("no_model")]
    base = api_base(settings)
    try:
        listing = await http.get(f"{base}/models", headers=authorization(settings))
        if listing.status_code in NO_SUCH_ADDRESS:
            return [await _probe(settings, http)]
        refused = _refusal(listing, base)
        return [refused] if refused else [_known(settings, listing)]
    except httpx2.HTTPError as error:
        return [failure("model_unreachable", base=base, why=type(error).__name__)]


def _refusal(answer: httpx2.Response, base: str) -> Finding | None:
    if answer.status_code in (401, 403):
        return failure("bad_key", base=base)
    if not answer.is_success:
        return failure("model_unreachable", base=base, why=f"HTTP {answer.status_code}")
    return None


def _known(settings: Settings, listing: httpx2.Response) -> Finding:
    try:
        names = {str(model["id"]) for model in listing.json()["data"]}
    except (ValueError, KeyError, TypeError):
        return failure("model_unreachable", base=api_base(settings), why="unexpected answer")
    wanted = {settings.model_smart, settings.model_fast, *settings.model_fallbacks}
    # Ollama lists `llama3:latest` for what is called `llama3`.
    missing = sorted(name for name in wanted if name not in names and f"{name}:latest" not in names)
    if missing:
        return warning("model_unknown", names=", ".join(missing), base=api_base(settings))
    return ok("model", names=", ".join(sorted(wanted)))


async def _probe(settings: Settings, http: httpx2.AsyncClient) -> Finding:
    """A server without a list of models is asked for one token."""
    base = api_base(settings)
    body = {"model": settings.model_fast, "max_tokens": 1, "messages": [{"role": "user", "content": "ping"}]}
    answer = await http.post(f"{base}/chat/completions", json=body, headers=authorization(settings))
    return _refusal(answer, base) or ok("model", names=settings.model_fast)
