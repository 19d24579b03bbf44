"""What the assistant can do. No Telegram, no web framework, no environment."""
