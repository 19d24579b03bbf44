"""A recording from the message that carries it to what it starts: fetch → prepare → hear → understand → start."""
