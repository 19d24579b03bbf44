"""Programs that send the same messages in different ways; each runs as a process of its own."""
