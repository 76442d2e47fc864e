"""Windows services looked up by name (facts sheet, 7)."""

from collections.abc import Iterable, Sequence

from smtp_exposure.errors import MissingEvidence
from smtp_exposure.exchange.inventory import Service

# Every Exchange server that takes mail has one of these, so a list without them is a part only.
_ALWAYS_THERE = frozenset({"msexchangetransport", "msexchangefrontendtransport"})


def find_services(services: Sequence[Service], names: Iterable[str]) -> list[Service]:
    """The services of these names; Windows compares them without case.

    An absent one is no service of this server, if the list is whole. Raises MissingEvidence where
    it is not.
    """
    by_name = {service.name.lower(): service for service in services}
    wanted = list(names)
    absent = [name for name in wanted if name.lower() not in by_name]
    if absent and not _ALWAYS_THERE & by_name.keys():
        raise MissingEvidence(
            Service.cmdlet, f"{', '.join(absent)} not in the export, which is no whole list"
        )
    return [by_name[name.lower()] for name in wanted if name.lower() in by_name]
