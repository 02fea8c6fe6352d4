"""A transcript: all certificates of the caller that hold, on one document with a line each."""

from decimal import Decimal

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.messages import appearance, formats
from lyceum.messages.catalogue import words
from lyceum.model.certificates import Certificate
from lyceum.typeset import documents

from functions.certificates.issuing import views

_MOST = 100


def pdf(caller: Principal) -> bytes:
    """Return the caller's transcript as PDF/A-2b: the hundred latest certificates that hold (1 storage request)."""
    found = find(Certificate, index="gsi1", user_id=caller.user_id, limit=_MOST, descending=True).items
    held = [each for each in found if each.credential is not None and views.state_of(each) == "valid"]
    language = held[0].language if held else "en"
    look, now = appearance.current(), clock.now()
    data = {
        "color": look.colour,
        "language": language,
        "title": words(language, "certificate.transcript"),
        "holder": (held[0].holder_name or "") if held else "",
        "subtitle": f"{look.name} · {formats.day(now.date(), language)}",
        "footer": look.name,
        "empty": words(language, "certificate.transcript.empty"),
        "header": [words(language, f"certificate.column.{name}") for name in ("title", "result", "date", "number")],
        "rows": [_row(each, language) for each in held],
    }
    return documents.pdf("transcript", data, now)


def _row(certificate: Certificate, language: str) -> list[str]:
    percent = formats.percent(Decimal(certificate.percent), language) if certificate.percent else ""
    day = formats.day(certificate.awarded_at.date(), language)
    return [certificate.title, percent, day, certificate.certificate_id]
