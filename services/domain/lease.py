"""Who may work on an attempt: one run at a time, by a lease with a fencing token."""


class LeaseLost(Exception):
    """The attempt is no longer ours: a person stopped it, or another process took it over. Write nothing more."""
