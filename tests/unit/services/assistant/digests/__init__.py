"""The digest of what was spent."""
