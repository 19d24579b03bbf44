"""The knowledge base, as people fill it and look after it."""
