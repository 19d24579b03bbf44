"""A knowledge base of 100,000 passages: how long it takes to write, to open and to search."""
