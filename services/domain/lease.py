"""Who may work on an attempt or a recording: one run at a time, by a lease with a fencing token."""

RECORDING_LEASE = "recording:"
"""The job lease of a recording is this and its id."""


def recording_lease(recording_id: int) -> str:
    return f"{RECORDING_LEASE}{recording_id}"


class LeaseLost(Exception):
    """The attempt or the recording is no longer ours: a person stopped it, or another process took it over.
    Write nothing more."""
