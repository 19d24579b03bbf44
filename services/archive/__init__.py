"""Everything that Muza keeps, in one file, and back."""
