"""What the tenant is to identity providers, and the requests that send browsers there; no XML is read here."""

import base64
import zlib
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from lyceum.kit import clock
from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.model.federation import IdentityProvider

from functions.auth.federation import on_the_way
from functions.auth.provider import endpoints
from functions.auth.saml import encryption

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


def entity_id() -> str:
    """Return what identity providers know the current tenant by."""
    return f"{endpoints.base()}/api/saml/metadata"


def consumer_url() -> str:
    """Return where the answers of identity providers are posted."""
    return f"{endpoints.base()}/api/saml/acs"


def metadata() -> str:
    """Return the tenant's metadata (SAML 2.0 Metadata, 2.4.4), with the key to encrypt to (1 read)."""
    certificate = encryption.certificate()
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor xmlns:md="{METADATA}" '
        f'entityID={quoteattr(entity_id())}><md:SPSSODescriptor AuthnRequestsSigned="false" '
        f'WantAssertionsSigned="true" protocolSupportEnumeration="{PROTOCOL}">'
        f"{_key(certificate) if certificate else ''}<md:NameIDFormat>{_PERSISTENT}</md:NameIDFormat>"
        f'<md:AssertionConsumerService Binding="{POST}" Location={quoteattr(consumer_url())} index="0" '
        'isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>'
    )


def _key(certificate: str) -> str:
    methods = "".join(
        f'<md:EncryptionMethod Algorithm="{each}"/>' for each in (*encryption.AUTHENTICATED, *encryption.KEY_TRANSPORTS)
    )
    return (
        f'<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="{_SIGNATURES}"><ds:X509Data><ds:X509Certificate>'
        f"{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>{methods}</md:KeyDescriptor>"
    )


def start(provider: IdentityProvider, return_to: str, answer: AnswerHeaders) -> str:
    """Return the address to which a browser is sent with a request (HTTP-Redirect; SAML 2.0 Bindings, 3.4) (1 write).

    The request's id holds the state of the sign-in, which comes back in what the provider signs.
    """
    state = on_the_way.begin(answer, provider.provider, return_to, posts_back=True)
    address = str(provider.endpoints["sso"])
    request = (
        f'<samlp:AuthnRequest xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" ID="_{state}" Version="2.0" '
        f'IssueInstant="{clock.now():%Y-%m-%dT%H:%M:%SZ}" Destination={quoteattr(address)} ProtocolBinding="{POST}" '
        f"AssertionConsumerServiceURL={quoteattr(consumer_url())}>"
        f"<saml:Issuer>{entity_id()}</saml:Issuer></samlp:AuthnRequest>"
    )
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(request.encode()) + packer.flush()
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'SAMLRequest': base64.b64encode(packed).decode()})}"
