"""The lines of Exchange's reply to EHLO, and when each appears (facts sheet, 5.1 and 5.2)."""

from dataclasses import dataclass

from lab.state import ReceiveConnector, Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What decides which lines appear: server, connector, and how far the session is."""

    server: Server
    connector: ReceiveConnector
    has_certificate: bool
    is_tls: bool = False
    is_anonymous_tls: bool = False

    @property
    def is_front(self) -> bool:
        """Whether the Front End Transport service speaks."""
        return not self.server.edge and self.connector.transport_role == "FrontendTransport"

    def has(self, mechanism: str) -> bool:
        """Return whether the connector has a flag of AuthMechanism."""
        return mechanism in self.connector.auth_mechanism


def lines(it: Situation) -> list[str]:
    """Return everything below the first line, in Exchange's order."""
    auth, exps = sign_in_words(it), exchange_words(it)
    server_words = it.has("ExchangeServer")
    inner = server_words and not it.is_front
    offers = [
        (it.connector.size_enabled != "Disabled", _size(it.connector)),
        (True, "PIPELINING"),
        (True, "DSN"),
        (True, "ENHANCEDSTATUSCODES"),
        (offers_starttls(it), "STARTTLS"),
        (offers_anonymous_tls(it), "X-ANONYMOUSTLS"),
        (bool(auth), " ".join(["AUTH", *auth])),
        (bool(exps), " ".join(["X-EXPS", *exps])),
        (bool(exps) and it.is_anonymous_tls, "X-EXCHANGEAUTH SHA256"),
        (True, "8BITMIME"),
        (True, "BINARYMIME"),
        (True, "CHUNKING"),
        (inner, "XEXCH50"),
        (it.connector.smtp_utf8_enabled, "SMTPUTF8"),
        (server_words and not it.server.edge, "XRDST"),
        (inner and it.server.edge, "XSHADOW"),
        (inner and not it.server.edge, "XSHADOWREQUEST"),
    ]
    return [line for appears, line in offers if appears]


def offers_starttls(it: Situation) -> bool:
    """Return whether STARTTLS is offered now."""
    return it.has("Tls") and not it.is_tls and it.has_certificate


def offers_anonymous_tls(it: Situation) -> bool:
    """Return whether X-ANONYMOUSTLS is offered now; every server here has the certificate."""
    suppressed = it.connector.suppress_x_anonymous_tls
    return it.has("ExchangeServer") and not it.is_tls and not suppressed


def sign_in_words(it: Situation) -> list[str]:
    """Return the mechanisms of the AUTH line."""
    basic = it.has("BasicAuth") and (it.is_tls or not it.has("BasicAuthRequireTLS"))
    offers = [
        (it.has("Integrated") and it.connector.enable_auth_gssapi, "GSSAPI"),
        (it.has("Integrated"), "NTLM"),
        (basic, "LOGIN"),
    ]
    return [word for appears, word in offers if appears]


def exchange_words(it: Situation) -> list[str]:
    """Return the mechanisms of the X-EXPS line."""
    if not it.has("ExchangeServer"):
        return []
    words = ["NTLM"] if it.server.edge else ["GSSAPI", "NTLM"]
    return [*words, "EXCHANGEAUTH"] if it.is_anonymous_tls else words


def _size(connector: ReceiveConnector) -> str:
    if connector.size_enabled == "EnabledWithoutValue":
        return "SIZE"
    return f"SIZE {connector.max_message_size_mb * 1024 * 1024}"
