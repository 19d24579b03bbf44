"""Sums over days, as pictures."""
