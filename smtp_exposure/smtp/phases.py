"""In the clear or inside TLS: what was said counts only in its own phase (RFC 3207, 4.2)."""

from enum import Enum


class Phase(Enum):
    """Whether something was said in the clear or inside TLS."""

    BEFORE_TLS = "before TLS"
    AFTER_TLS = "after TLS"
