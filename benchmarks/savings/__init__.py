"""What the savings are worth: a week of a team, asked for twice."""
