"""A certificate as PDF/A-3b: in the tenant's look and the holder's language, with a QR code and the signed document.

The same certificate makes the same bytes, until its state changes.
"""

import json
from decimal import Decimal
from typing import Any

from lyceum.kit.identity import Principal
from lyceum.messages import appearance, formats
from lyceum.messages.catalogue import words
from lyceum.model.certificates import Certificate
from lyceum.typeset import documents

from functions.certificates.issuing import views

_QR_ERROR = "m"


def pdf(caller: Principal | None, certificate_id: str) -> bytes:
    """Return a certificate as PDF (1 storage request); its holder sees the name in full.

    Raises NotFound, and Gone for one whose holder was erased.
    """
    certificate = views.existing(certificate_id)
    holds = views.state_of(certificate) == "valid"
    name = holder(caller, certificate)
    data = {**_words(certificate, name), "attachment": json.dumps(certificate.credential) if holds else ""}
    return documents.pdf("certificate", data, certificate.issued_at, standard="a-3b")


def holder(caller: Principal | None, certificate: Certificate) -> str:
    """Return the name that a reader gets: the holder their own in full, others what is public."""
    if caller is not None and caller.user_id == certificate.user_id:
        return certificate.holder_name or ""
    return "" if certificate.state == "superseded" else certificate.shown_name or ""


def _words(certificate: Certificate, name: str) -> dict[str, Any]:
    language, sort = certificate.language, certificate.achievement.partition("#")[0]
    state, look = views.state_of(certificate), appearance.current()

    def said(key: str, **values: object) -> str:
        return words(language, f"certificate.{key}", values)

    percent = formats.percent(Decimal(certificate.percent), language) if certificate.percent else ""
    return {
        "color": look.colour,
        "language": language,
        "issuer": look.name,
        "title": certificate.title,
        "heading": said("heading"),
        "given": said("given"),
        "holder": name,
        "narrative": said(f"{sort}.short"),
        "result": said("result", percent=percent) if percent else "",
        "lines": _lines(certificate),
        "notice": "" if state == "valid" else said(f"state.{state}"),
        "qr": qr_code(views.page_address(certificate)),
        "scan": said("scan"),
        "attached": said("attached"),
    }


def _lines(certificate: Certificate) -> list[dict[str, str]]:
    language = certificate.language
    dates = {"awarded": certificate.awarded_at, "issued": certificate.issued_at, "expires": certificate.expires_at}
    lines = [
        {"label": words(language, f"certificate.{name}"), "value": formats.day(moment.date(), language)}
        for name, moment in dates.items()
        if moment is not None
    ]
    return [*lines, {"label": words(language, "certificate.number"), "value": certificate.certificate_id}]


def qr_code(address: str) -> str:
    """Return the QR code of an address as SVG (ISO/IEC 18004, error correction M)."""
    import segno

    return str(segno.make(address, error=_QR_ERROR, micro=False).svg_inline(scale=4, border=2))
