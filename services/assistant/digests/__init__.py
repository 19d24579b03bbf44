"""What was spent, told to administrators by schedule."""
