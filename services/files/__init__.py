"""Sound, documents and pictures that people sent, wherever they are kept."""
