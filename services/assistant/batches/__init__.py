"""Night runs: a file of briefs becomes ideas by the morning, at the price of a batch."""
