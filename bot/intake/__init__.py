"""Durable intake: an update is in the database before Telegram is told that it arrived."""
