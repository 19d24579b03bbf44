"""`muza models`: local models behind HTTP, in OpenAI's form, on loopback."""
