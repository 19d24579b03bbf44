"""Domain object → message. Nothing here speaks to Telegram."""
