"""The ledger against the provider's meter."""
