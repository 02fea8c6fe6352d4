"""Certificates as documents over HTTP: PDF, badges and the transcript."""

from lyceum.kit.http import OPTIONAL, PUBLIC, USER, Answer, Api, Caller, MaybeCaller

from functions.certificates.typesetting import badges, sheets, transcripts

api = Api("certificates")
handler = api.handler
_SHARED = "public, max-age=60"


@api.get(
    "/api/certificates/{certificateId}/pdf", access=OPTIONAL, raw="application/pdf", limit="60/minute", refuses=(410,)
)
def show_certificate_pdf(caller: MaybeCaller, certificate_id: str, answer: Answer) -> bytes:
    """Show a certificate as PDF/A with a QR code; its holder, signed in, reads the name in full."""
    content = sheets.pdf(caller, certificate_id)
    answer.headers["Content-Disposition"] = f'inline; filename="certificate-{certificate_id}.pdf"'
    return content


@api.get(
    "/api/certificates/{certificateId}/badge.png", access=PUBLIC, cache_control=_SHARED, raw="image/png", refuses=(410,)
)
def show_certificate_png(certificate_id: str) -> bytes:
    """Show a certificate's badge as PNG, with the signed document in it (Open Badges 3.0, 5.3)."""
    return badges.png(certificate_id)


@api.get(
    "/api/certificates/{certificateId}/badge.svg",
    access=PUBLIC,
    cache_control=_SHARED,
    raw="image/svg+xml",
    refuses=(410,),
)
def show_certificate_svg(certificate_id: str) -> str:
    """Show a certificate's badge as SVG, with the signed document in it (Open Badges 3.0, 5.3)."""
    return badges.svg(certificate_id)


@api.get("/api/certificates/transcript", access=USER, raw="application/pdf", limit="30/hour")
def show_transcript(caller: Caller, answer: Answer) -> bytes:
    """Show the caller's certificates that hold, on one document (PDF/A)."""
    content = transcripts.pdf(caller)
    answer.headers["Content-Disposition"] = 'inline; filename="transcript.pdf"'
    return content
