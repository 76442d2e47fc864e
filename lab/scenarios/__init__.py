"""The scenarios, grouped by what they vary; each changes as little as it can."""

from lab.scenario import REGISTRY
from lab.scenarios import (
    answers,
    as_published,
    certificate,
    compliant,
    dns_answers,
    hybrid,
    internet_connector,
    names,
    organizations,
    path,
    ports,
    recipients,
    relaying,
    scope,
    secrecy,
    security,
    seen_outside,
    services,
)

_THEMES = (
    *(compliant, as_published, scope, internet_connector, security, names, certificate),
    *(relaying, answers, hybrid, services, organizations),
    *(seen_outside, path, secrecy, recipients, ports, dns_answers),
)

NAMES = tuple(
    name
    for theme in _THEMES
    for name, scenario in REGISTRY.items()
    if scenario.build.__module__ == theme.__name__
)
"""All scenarios, in the order in which people see them."""
