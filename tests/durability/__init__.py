"""The product as real processes between emulators, killed again and again; an oracle that reads boards and database."""
