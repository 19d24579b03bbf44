"""How any model is called, whatever it does: tries and fallbacks, verdicts for the circuit, entries in the ledger."""
