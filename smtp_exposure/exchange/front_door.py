"""One server's way in: its Default Frontend, its Internet connectors, who answers whom.

Checklist, "Words".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from smtp_exposure.errors import ExposureError, MissingEvidence, Undecided
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector, TransportRole
from smtp_exposure.exchange.flags import AuthMechanism
from smtp_exposure.exchange.inventory import ADPermission, Organization, Server
from smtp_exposure.exchange.perimeter import Perimeter
from smtp_exposure.exchange.permissions import Access, access_to, by_connector
from smtp_exposure.exchange.selection import Endpoint, answers
from smtp_exposure.expectations import Expectations
from smtp_exposure.verdicts import Finding, NotAssessed, trouble


@dataclass(frozen=True, kw_only=True, eq=False)
class FrontDoor:
    """A server with its organisation, what is expected of it, and where the Internet begins.

    `moment` is the time of judging, UTC.
    """

    server: Server
    organization: Organization
    expected: Expectations
    perimeter: Perimeter
    moment: datetime

    @cached_property
    def connectors(self) -> tuple[ReceiveConnector, ...]:
        """All receive connectors; raises MissingEvidence where they were not read."""
        return self.server.receive_connectors.read()

    @cached_property
    def is_edge(self) -> bool:
        """Tell whether it is an Edge Transport server: by the profile, else its ServerRole."""
        if self.expected.server(self.server.name).edge:
            return True
        if self.server.details is not None:
            return "edge" in self.server.details.server_role.lower()
        # Only a Mailbox server has a front end (facts sheet, 1.2).
        if any("TransportRole" in item.properties for item in self.connectors):
            return False
        raise MissingEvidence("Get-ExchangeServer", f"role of {self.server.name}")

    @property
    def is_internet_facing(self) -> bool:
        """Tell whether the profile counts it among the servers that face the Internet."""
        return self.expected.server(self.server.name).internet_facing

    def require_internet_facing(self) -> None:
        """Raise NotAssessed for a server that the profile says faces no Internet."""
        if not self.is_internet_facing:
            raise NotAssessed("the profile says that this server does not face the Internet")

    def require_front_end(self) -> None:
        """Raise NotAssessed for an Edge server, which has no front end."""
        if self.is_edge:
            raise NotAssessed("an Edge Transport server has no front end")

    def is_front_end(self, connector: ReceiveConnector) -> bool:
        """Tell whether the service that faces clients owns it; on Edge that is the only one."""
        return self.is_edge or connector.transport_role is TransportRole.FRONTEND_TRANSPORT

    @cached_property
    def found_default_frontend(self) -> ReceiveConnector | None:
        """The Default Frontend, by name or by what only it has; raises Undecided for several."""
        wanted = self.expected.default_frontend or f"Default Frontend {self.server.name}"
        for connector in self.connectors:
            if connector.name.strip().lower() == wanted.lower():
                return connector
        if self.expected.default_frontend or self.is_edge:
            return None
        candidates = [
            connector
            for connector in self.connectors
            if self.is_front_end(connector)
            and connector.listens_on(SMTP_PORT)
            and AuthMechanism.EXCHANGE_SERVER in connector.auth_mechanism
        ]
        if len(candidates) > 1:
            names = ", ".join(connector.identity for connector in candidates)
            raise Undecided(
                f"any of these may be the Default Frontend: {names}; name it in a profile"
            )
        return candidates[0] if candidates else None

    @property
    def default_frontend(self) -> ReceiveConnector:
        """The Default Frontend; raises NotAssessed where there is none (INT-01-1 deviates)."""
        self.require_front_end()
        if self.found_default_frontend is None:
            raise NotAssessed("no Default Frontend (see INT-01-1)")
        return self.found_default_frontend

    @property
    def internet_connector_name(self) -> str:
        """What the Internet connector is called, there or yet to be made."""
        return self.expected.internet_connector or "Internet (anonymous SMTP)"

    @property
    def internet_connector_identity(self) -> str:
        """The Internet connector's identity, there or yet to be made."""
        return f"{self.server.name}\\{self.internet_connector_name}"

    def has_internet_name(self, connector: ReceiveConnector) -> bool:
        """Tell whether a connector has the Internet connector's name, whatever it serves."""
        return connector.name.strip().lower() == self.internet_connector_name.lower()

    @cached_property
    def found_internet_connectors(self) -> tuple[ReceiveConnector, ...]:
        """The Internet connectors: the one that the profile names, else all that serve a family."""
        if self.expected.internet_connector:
            return tuple(filter(self.has_internet_name, self.connectors))
        return tuple(item for item in self.connectors if self._serves_the_internet(item))

    def _serves_the_internet(self, connector: ReceiveConnector) -> bool:
        return (
            connector is not self.found_default_frontend
            and connector.enabled
            and self.is_front_end(connector)
            and connector.listens_on(SMTP_PORT)
            and any(
                connector.addresses.holds(self.expected.internet_ranges.of_family(family))
                for family in self.expected.internet_ranges.families
            )
        )

    @property
    def internet_connectors(self) -> tuple[ReceiveConnector, ...]:
        """The Internet connectors; raises NotAssessed where there is none (INT-02-1 deviates)."""
        self.require_internet_facing()
        if not self.found_internet_connectors:
            raise NotAssessed("no Internet connector (see INT-02-1)")
        return self.found_internet_connectors

    def endpoints(self, port: int) -> tuple[Endpoint, ...]:
        """Who answers whom on a port, for each local endpoint; worked out once."""
        if port not in self._endpoints:
            self._endpoints[port] = answers(self.connectors, port, by_role=not self.is_edge)
        return self._endpoints[port]

    @cached_property
    def _endpoints(self) -> dict[int, tuple[Endpoint, ...]]:
        return {}

    def answering(self, space: AddressSet, port: int) -> Iterator[ReceiveConnector]:
        """The connectors that answer some address of a space on a port, each once."""
        return _answering(self.endpoints(port), space)

    @cached_property
    def answering_internet(self) -> tuple[tuple[ReceiveConnector, ...], tuple[Finding, ...]]:
        """The connectors that answer some Internet address on any of their ports.

        The findings name those that could not be read: they may take addresses from the others,
        and may answer some themselves.
        """
        readable: list[ReceiveConnector] = []
        unread: list[Finding] = []
        for connector in self.connectors:
            try:
                _ = connector.enabled, connector.bindings, connector.remote_ip_ranges
                _ = connector.transport_role if not self.is_edge else None
            except ExposureError as problem:
                unread.append(trouble(connector.identity, problem))
            else:
                readable.append(connector)
        ports = {binding.port for item in readable if item.enabled for binding in item.bindings}
        internet = self.perimeter.internet
        found = (
            item
            for port in sorted(ports)
            for item in _answering(self._endpoints_among(readable, port), internet)
        )
        return tuple(dict.fromkeys(found)), tuple(unread)

    def _endpoints_among(
        self, connectors: list[ReceiveConnector], port: int
    ) -> tuple[Endpoint, ...]:
        if len(connectors) == len(self.connectors):
            return self.endpoints(port)
        return answers(connectors, port, by_role=not self.is_edge)

    def offers(self, connector: ReceiveConnector) -> frozenset[AuthMechanism]:
        """What a connector of this server offers to sign in with."""
        return connector.offers_authentication(on_edge=self.is_edge)

    def access(self, connector: ReceiveConnector) -> Access:
        """Who has which right on a connector; raises MissingEvidence where nobody read it."""
        return access_to(connector, self._entries)

    @cached_property
    def _entries(self) -> dict[str, list[ADPermission]]:
        return by_connector(self.server.permissions)


def _answering(endpoints: tuple[Endpoint, ...], space: AddressSet) -> Iterator[ReceiveConnector]:
    seen: set[ReceiveConnector] = set()
    for endpoint in endpoints:
        for segment in endpoint.segments:
            new = [connector for connector in segment.winners if connector not in seen]
            if new and space.touches(segment.interval):
                seen.update(new)
                yield from new
