"""What goes wrong without being anybody's answer."""

from __future__ import annotations


class DoesNotAnswer(ConnectionError):
    """The database or Temporal cannot be reached, or lets nobody in; the text names its address and never its password."""

    def __init__(self, what: str, address: str, why: str) -> None:
        super().__init__(f"{what} at {address} does not answer: {why}")
