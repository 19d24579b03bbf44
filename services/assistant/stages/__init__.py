"""The steps of one run. Each takes typed input and gives typed output, and is timed and logged by name."""
