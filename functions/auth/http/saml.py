"""SAML over HTTP: the tenant's metadata, and where answers of identity providers are posted."""

from lyceum.kit.http import PUBLIC, SIGNED, Answer, Api

from functions.auth.saml import entering, service
from functions.auth.saml.schemas import PostedAnswer

api = Api("auth")
handler = api.handler
_METADATA = "application/samlmetadata+xml"


@api.get("/api/saml/metadata", access=PUBLIC, raw=_METADATA)
def show_saml_metadata() -> str:
    """Return the tenant's metadata as service provider (SAML 2.0 Metadata)."""
    return service.metadata()


@api.post("/api/saml/metadata", access=PUBLIC, raw=_METADATA, reads_body=False, max_body_bytes=1024)
def send_saml_metadata() -> str:
    """Return the tenant's metadata, for programs that can only post."""
    return service.metadata()


@api.post(
    "/api/saml/acs",
    access=SIGNED,
    status=302,
    raw="text/html; charset=utf-8",
    form=True,
    max_body_bytes=400_000,
    limit="300/hour",
    refuses=(401, 403, 404),
)
def accept_saml_answer(body: PostedAnswer, answer: Answer) -> str:
    """Sign somebody in by a signed answer of an identity provider, and lead the browser on."""
    answer.headers["Location"] = entering.enter(body.SAMLResponse, answer)
    return ""
