"""What a provider is called in the ledger and in the price list."""

from urllib.parse import urlsplit

_BY_DOMAIN = {
    "api.openai.com": "openai",
    "openai.azure.com": "azure",
    "openrouter.ai": "openrouter",
    "api.anthropic.com": "anthropic",
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "api.together.xyz": "together",
    "api.fireworks.ai": "fireworks",
    "api.x.ai": "x-ai",
    "generativelanguage.googleapis.com": "google",
}
"""Names as genai-prices knows them."""
_BY_PORT = {11434: "ollama", 1234: "lmstudio"}
"""Defaults of the servers people run at home (https://docs.ollama.com, https://lmstudio.ai/docs)."""


def has_list_prices(provider: str) -> bool:
    """False for servers of one's own and for hosts that no price list knows."""
    return provider == "openai" or provider in _BY_DOMAIN.values()


def provider_name(base_url: str | None) -> str:
    """ "openai" without a base URL; a known name, or the host (with its port) otherwise."""
    if not base_url:
        return "openai"
    parts = urlsplit(base_url if "://" in base_url else f"//{base_url}")
    host = (parts.hostname or "").lower()
    for domain, name in _BY_DOMAIN.items():
        if host == domain or host.endswith(f".{domain}"):
            return name
    if parts.port in _BY_PORT:
        return _BY_PORT[parts.port]
    return f"{host}:{parts.port}" if parts.port else host or "unknown"
