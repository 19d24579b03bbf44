"""The HTTP side: Telegram's webhook and the probes of an orchestrator."""
