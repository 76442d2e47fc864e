"""Every way in which looking can fail, each with the verdict that it leads to (verdicts.py)."""


class ExposureError(Exception):
    """Base of all errors of the suite."""


class SettingsError(ExposureError):
    """The person must change an option, a variable or a file that one names."""


class CannotLook(ExposureError):
    """No evidence was got: unreachable, refused, or out of time."""


class UnreadableEvidence(ExposureError):
    """The other side answered, and the answer can't be read; the message keeps its text."""


class MissingEvidence(ExposureError):
    """The evidence lacks what a judgement needs; the message begins with `missing: <cmdlet>`."""

    def __init__(self, cmdlet: str, detail: str = "") -> None:
        self.cmdlet = cmdlet
        super().__init__(f"missing: {cmdlet}" + (f" ({detail})" if detail else ""))


class Undecided(ExposureError):
    """The evidence is complete and readable, and still proves neither; the message says why."""
