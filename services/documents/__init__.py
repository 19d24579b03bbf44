"""Files of any usual format as clean Markdown, read by a child process with limits."""
