"""A certificate as badge: a picture that carries the signed document, as PNG and as SVG."""

from typing import Any

from lyceum.kit.errors import Gone
from lyceum.messages import appearance, formats
from lyceum.model.certificates import Certificate
from lyceum.typeset import documents

from functions.certificates.credentials import baking
from functions.certificates.issuing import views

_DOTS_PER_INCH = 144
"""Of a picture of 300 points: 600 pixels."""


def png(certificate_id: str) -> bytes:
    """Return the badge as PNG (1 storage request); raises NotFound, and Gone after an erasure or a new certificate."""
    certificate = _current(certificate_id)
    picture = documents.pages("badge", _data(certificate), dots_per_inch=_DOTS_PER_INCH)[0]
    return baking.png(picture, certificate.credential)


def svg(certificate_id: str) -> str:
    """Return the badge as SVG (1 storage request); raises NotFound, and Gone after an erasure or a new certificate."""
    certificate = _current(certificate_id)
    return baking.svg(documents.drawing("badge", _data(certificate)), certificate.credential)


def _current(certificate_id: str) -> Certificate:
    """Return a certificate whose place no other has taken: the document of an earlier one may hold an earlier name."""
    certificate = views.existing(certificate_id)
    if certificate.state == "superseded":
        raise Gone("Another certificate has taken the place of this one.", code="CERTIFICATE_SUPERSEDED")
    return certificate


def _data(certificate: Certificate) -> dict[str, Any]:
    look = appearance.current()
    return {
        "color": look.colour,
        "language": certificate.language,
        "issuer": look.name,
        "title": certificate.title,
        "holder": certificate.shown_name,
        "date": formats.day(certificate.awarded_at.date(), certificate.language),
    }
