"""Sound becomes text: decoding, cutting at silences, listening."""
