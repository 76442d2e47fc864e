"""Mail hosts of known filtering services: strangers on whom nothing is tried.

docs/checklist.md, "Words", "Probed hosts". The list is ours, from the services' own set-up pages
as commonly known; a profile adds to it with `foreign_mx`.
"""

from fnmatch import fnmatchcase

from smtp_exposure.records.mail_exchangers import bare_name

AS_OF = "2026-11-24"

FILTERING_SERVICES: tuple[tuple[str, str], ...] = (
    ("Exchange Online Protection", "*.protection.outlook.com"),
    ("Exchange Online Protection", "*.mx.microsoft"),
    ("Google Workspace", "*.google.com"),
    ("Google Workspace", "*.googlemail.com"),
    ("Proofpoint", "*.pphosted.com"),
    ("Proofpoint Essentials", "*.ppe-hosted.com"),
    ("Mimecast", "*.mimecast.com"),
    ("Mimecast", "*.mimecast.co.za"),
    ("Symantec Email Security.cloud", "*.messagelabs.com"),
    ("Barracuda", "*.barracudanetworks.com"),
    ("Cisco Secure Email", "*.iphmx.com"),
    ("Trend Micro", "*.trendmicro.com"),
    ("Trend Micro", "*.trendmicro.eu"),
    ("Sophos", "*.sophos.com"),
    ("Hornetsecurity", "*.hornetsecurity.com"),
    ("Hornetsecurity", "*.antispameurope.com"),
    ("Forcepoint", "*.mailcontrol.com"),
    ("N-able Mail Assure", "*.antispamcloud.com"),
    ("FireEye", "*.fireeyecloud.com"),
    ("Retarus", "*.retarus.com"),
    ("Zoho", "*.zoho.com"),
    ("Fastmail", "*.messagingengine.com"),
)


def foreign_service(host: str, foreign_mx: tuple[str, ...] = ()) -> str | None:
    """Name the service to which a mail host belongs, or None if it is one's own."""
    name = bare_name(host)
    for pattern in foreign_mx:
        if fnmatchcase(name, bare_name(pattern)):
            return f"the profile's foreign_mx {pattern}"
    matching = (service for service, form in FILTERING_SERVICES if fnmatchcase(name, form))
    return next(matching, None)
