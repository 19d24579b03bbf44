"""Rules that take from a text what nobody wrote for its readers. Each keeps one copy of every sentence."""
