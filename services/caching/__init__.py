"""When a draft that was written before may stand for a new one: keys for the same, rules and a model for the alike."""
