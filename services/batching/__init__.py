"""Work that a provider does within a day at a discount: a file of requests goes there, a file of answers comes back."""
