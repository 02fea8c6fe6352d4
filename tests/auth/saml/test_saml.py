"""Sign-in by SAML: answers of an identity provider made here, good ones and those that attackers make of them."""

import base64
import zlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.signer import XMLSigner

from lyceum.kit import clock as kit_clock
from tests.auth.conftest import signed_in
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

ISSUER = "https://idp.school.example.org/metadata"
SSO = "https://idp.school.example.org/sso"
P, A = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
FORM = "application/x-www-form-urlencoded"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


def certificate(key: rsa.RSAPrivateKey, *, days: int = 3650) -> x509.Certificate:
    """Make a certificate as identity providers do: signed by itself."""
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp")]), datetime.now(UTC)
    begins = now - timedelta(days=4000)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(begins).not_valid_after(now + timedelta(days=days))
    return made.sign(key, hashes.SHA256())


KEY, STRANGER = (rsa.generate_private_key(65537, 2048) for _ in range(2))
CERTIFICATE = certificate(KEY)


@dataclass
class School:
    """An identity provider and a browser that goes there."""

    client: Client
    cookie: str = ""
    request: Any = None
    key: rsa.RSAPrivateKey = KEY
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def here(self) -> str:
        return f"https://{self.client.tenant}.localhost"

    def start(self, return_to: str = "/in") -> None:
        """Send the browser away, and read what it brings to the provider."""
        reply = self.client.get("/api/auth/social/school/start", {"returnTo": return_to})
        assert reply.status == 302, reply.body
        assert "SameSite=None" in reply.cookies[0]
        self.cookie = reply.cookies[0].partition(";")[0]
        packed = parse_qs(urlsplit(reply.headers["Location"]).query)["SAMLRequest"][0]
        self.request = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))

    def response(self, **changes: Any) -> Any:
        """Write an answer to the request, unsigned."""
        now = kit_clock.now()
        said = {
            "issuer": ISSUER,
            "audience": f"{self.here}/api/saml/metadata",
            "recipient": f"{self.here}/api/saml/acs",
            "destination": f"{self.here}/api/saml/acs",
            "request": self.request.get("ID") if self.request is not None else "_unknown",
            "subject": "ada-1",
            "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "status": "urn:oasis:names:tc:SAML:2.0:status:Success",
            "begins": now - timedelta(seconds=30),
            "ends": now + timedelta(minutes=5),
            "confirmed_until": now + timedelta(minutes=5),
            "email": "ada@school.example.org",
            "assertion": "_a1",
            "method": BEARER,
            **changes,
        }
        times = {name: f"{said[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("begins", "ends", "confirmed_until")}
        said |= times
        return etree.fromstring(_RESPONSE.format_map(said))

    def signed(self, **changes: Any) -> Any:
        """Write an answer whose assertion is signed."""
        root = self.response(**changes)
        return self.sign(root, root.find(f"{{{A}}}Assertion"))

    def sign(self, root: Any, element: Any) -> Any:
        """Sign an element of an answer where SAML wants it."""
        signer = XMLSigner(method=SignatureConstructionMethod.enveloped, c14n_algorithm=_EXCLUSIVE)
        alone = etree.fromstring(etree.tostring(element))
        made = signer.sign(
            alone, key=self.key, cert=[CERTIFICATE], reference_uri=f"#{element.get('ID')}", id_attribute="ID"
        )
        if element is root:
            return made
        root.replace(element, made)
        return etree.fromstring(etree.tostring(root))

    def post(self, root: Any, **headers: str) -> Reply:
        """Let the browser post an answer."""
        text = root if isinstance(root, bytes) else etree.tostring(root)
        body = urlencode({"SAMLResponse": base64.b64encode(text).decode(), "RelayState": "x"})
        sent = {"content-type": FORM, "cookie": self.cookie, **headers}
        return self.client.send("POST", "/api/saml/acs", body, None, sent)

    def enter(self, **changes: Any) -> Reply:
        """Go there and come back."""
        self.start()
        return self.post(self.signed(**changes))


_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_RESPONSE = f"""<samlp:Response xmlns:samlp="{P}" xmlns:saml="{A}" ID="_r1" Version="2.0"
 IssueInstant="{{begins}}" Destination="{{destination}}" InResponseTo="{{request}}">
<saml:Issuer>{{issuer}}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="{{status}}"/></samlp:Status>
<saml:Assertion ID="{{assertion}}" Version="2.0" IssueInstant="{{begins}}"><saml:Issuer>{{issuer}}</saml:Issuer>
<saml:Subject><saml:NameID Format="{{format}}">{{subject}}</saml:NameID><saml:SubjectConfirmation Method="{{method}}">
<saml:SubjectConfirmationData InResponseTo="{{request}}" Recipient="{{recipient}}" NotOnOrAfter="{{confirmed_until}}"/>
</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{{begins}}" NotOnOrAfter="{{ends}}">
<saml:AudienceRestriction><saml:Audience>{{audience}}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{{begins}}"/><saml:AttributeStatement>
<saml:Attribute Name="mail"><saml:AttributeValue>{{email}}</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="urn:oid:2.5.4.42"><saml:AttributeValue>Ada</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="groups"><saml:AttributeValue>pupils</saml:AttributeValue><saml:AttributeValue>teachers
</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"""


def set_up(client: Client, **changes: Any) -> Reply:
    wanted = {
        "protocol": "saml",
        "name": "School",
        "issuer": ISSUER,
        "ssoUrl": SSO,
        "certificates": [CERTIFICATE.public_bytes(Encoding.PEM).decode()],
        "domains": ["school.example.org"],
        "vouchesForDomains": True,
        "roleClaim": "groups",
        "roleMap": {"teachers": "instructor"},
        **changes,
    }
    return client.as_("admin").put("/api/admin/identity-providers/school", wanted)


@pytest.fixture
def school(client: Client) -> School:
    assert set_up(client).status == 200
    return School(client)


def refreshed(school: School, reply: Reply) -> Client:
    cookie = next(each for each in reply.cookies if each.startswith("refresh_token=")).partition(";")[0]
    return signed_in(school.client, school.client.post("/api/auth/refresh", {}, cookie=cookie))


def test_somebody_signs_in_and_is_the_same_the_next_time(school: School) -> None:
    reply = school.enter()
    assert (reply.status, reply.headers["Location"]) == (302, "/in")
    me = refreshed(school, reply).get("/api/auth/me").data
    assert (me["email"], me["firstName"], me["role"]) == ("ada@school.example.org", "Ada", "instructor")
    again = school.enter(assertion="_a2")
    assert refreshed(school, again).user_id == me["userId"]
    assert again.cost.operations == [
        *("UpdateItem", "Query", "BatchGetItem", "GetItem", "GetItem", "Query", "TransactWriteItems"),
    ]


def test_an_answer_may_be_signed_as_a_whole(school: School) -> None:
    school.start()
    root = school.response()
    assert school.post(school.sign(root, root)).status == 302
    school.start()
    both = school.signed(assertion="_a3")
    assert school.post(school.sign(both, both)).status == 302


def test_metadata_tells_where_answers_go(school: School) -> None:
    reply = school.client.get("/api/saml/metadata")
    assert reply.headers["Content-Type"] if "Content-Type" in reply.headers else reply.body.startswith("<?xml")
    root = etree.fromstring(reply.body.encode())
    assert root.get("entityID") == f"{school.here}/api/saml/metadata"
    service = root.find(".//{*}AssertionConsumerService")
    assert service.get("Location") == f"{school.here}/api/saml/acs"
    assert school.client.send("POST", "/api/saml/metadata").body == reply.body


def test_the_request_names_who_asks(school: School) -> None:
    school.start()
    assert school.request.get("AssertionConsumerServiceURL") == f"{school.here}/api/saml/acs"
    assert school.request.get("Destination") == SSO


def test_an_expired_certificate_is_trusted_for_its_key_and_warned_of(client: Client) -> None:
    expired = certificate(KEY, days=-1)
    made = set_up(client, certificates=[base64.b64encode(expired.public_bytes(Encoding.DER)).decode()])
    assert made.data["certificates"][0]["endsSoon"] is True
    assert School(client).enter().status == 302


@pytest.mark.parametrize(
    "change",
    [
        {"audience": "https://other.example.org"},
        {"recipient": "https://other.example.org/acs"},
        {"destination": "https://other.example.org/acs"},
        {"issuer": "https://other.example.org"},
        {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
        {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        {"subject": ""},
        {"request": "_made-up"},
        {"request": "none"},
        {"method": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"},
        {"ends": datetime(2020, 1, 1, tzinfo=UTC)},
        {"begins": datetime(2099, 1, 1, tzinfo=UTC)},
        {"confirmed_until": datetime(2020, 1, 1, tzinfo=UTC)},
        {"confirmed_until": datetime(2099, 1, 1, tzinfo=UTC)},
    ],
)
def test_an_answer_that_says_something_else_is_refused(school: School, change: dict[str, Any]) -> None:
    assert school.enter(**change).status == 400


def test_an_answer_is_good_once_and_in_its_own_browser(school: School) -> None:
    school.start()
    root = school.signed()
    assert school.post(root, cookie="sign_in=another").error.code == "SIGN_IN_OVER"
    replies = at_once(*[lambda: school.post(root)] * 2)
    assert sorted(reply.status for reply in replies) == [302, 400]
    assert school.post(root).status == 400
    assert school.enter().error.code == "SIGN_IN_OVER"  # the same assertion for another request


def test_an_answer_that_comes_late_is_refused(school: School, clock: Clock) -> None:
    clock.move_to(datetime.now(UTC).replace(microsecond=0))
    school.start()
    root = school.signed()
    clock.advance(minutes=7)
    assert school.post(root).status == 400


def unsigned(school: School) -> Any:
    return school.response()


def of_a_stranger(school: School) -> Any:
    return School(school.client, request=school.request, key=STRANGER).signed()


def changed(school: School) -> Any:
    root = school.signed()
    root.find(f".//{{{A}}}NameID").text = "mallory"
    return root


def with_another_first(school: School) -> Any:
    """Two assertions: the forged one first, the signed one after it."""
    root = school.signed()
    forged = deepcopy(root.find(f"{{{A}}}Assertion"))
    forged.set("ID", "_forged")
    forged.find(f".//{{{A}}}NameID").text = "mallory"
    forged.remove(forged.find("{*}Signature"))
    root.insert(2, forged)
    return root


def wrapped(school: School) -> Any:
    """The signed assertion hidden in the signature of a forged one (XSW)."""
    root = school.signed()
    good = root.find(f"{{{A}}}Assertion")
    forged = deepcopy(good)
    forged.set("ID", "_forged")
    forged.find(f".//{{{A}}}NameID").text = "mallory"
    signature = forged.find("{*}Signature")
    good.remove(good.find("{*}Signature"))
    holder = etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object")
    root.replace(good, forged)
    holder.append(good)
    return root


def in_extensions(school: School) -> Any:
    """The signed answer in the extensions of a forged one."""
    root = school.response()
    good = school.sign(root, root)
    forged = school.response(subject="mallory")
    forged.set("ID", "_forged")
    extensions = etree.Element(f"{{{P}}}Extensions")
    extensions.append(good)
    forged.insert(1, extensions)
    return forged


def with_one_id_twice(school: School) -> Any:
    root = school.signed()
    root.set("ID", "_a1")
    return root


def with_a_dtd(school: School) -> bytes:
    text: bytes = etree.tostring(school.signed())
    return b'<!DOCTYPE r [<!ENTITY x "mallory"><!ENTITY y "&x;&x;&x;">]>' + text


def encrypted(school: School) -> Any:
    root = school.signed()
    etree.SubElement(root, f"{{{A}}}EncryptedAssertion")
    return root


def with_a_moved_signature(school: School) -> Any:
    """The signature of the assertion put into the answer."""
    root = school.signed()
    assertion = root.find(f"{{{A}}}Assertion")
    signature = assertion.find("{*}Signature")
    assertion.remove(signature)
    assertion.find(f".//{{{A}}}NameID").text = "mallory"
    root.insert(1, signature)
    return root


@pytest.mark.parametrize(
    "attack",
    [
        *(unsigned, of_a_stranger, changed, with_another_first, wrapped, in_extensions, with_one_id_twice, with_a_dtd),
        *(encrypted, with_a_moved_signature),
    ],
)
def test_what_no_pinned_key_signed_where_it_belongs_signs_nobody_in(
    school: School, attack: Callable[[School], Any]
) -> None:
    school.start()
    reply = school.post(attack(school))
    assert (reply.status, reply.error.code) == (400, "SIGN_IN_NOT_CONFIRMED")


def test_a_comment_does_not_cut_a_name_short(school: School) -> None:
    school.start()
    text = etree.tostring(school.signed(subject="ada-1.evil"))
    cut = text.replace(b"ada-1.evil", b"ada-1<!-- -->.evil")
    one = refreshed(school, school.post(cut)).user_id
    assert (
        refreshed(school, school.enter(assertion="_a9", subject="ada-1", email="a@school.example.org")).user_id != one
    )


@pytest.mark.parametrize("text", [b"", b"<a/>", b"no xml", b"<" * 1000, b"<a>" * 5000, b"\xff\xfe", b"a" * 300_000])
def test_what_is_no_answer_is_refused(school: School, text: bytes) -> None:
    assert school.post(text).status in {400, 413}


def test_an_address_of_another_domain_is_not_the_schools_to_prove(school: School) -> None:
    me = refreshed(school, school.enter(email="dean@elsewhere.example.org")).get("/api/auth/me").data
    assert "email" not in me


def test_a_provider_of_another_kind_answers_for_none(school: School) -> None:
    school.start()
    assert school.client.get("/api/auth/social/school/callback", {"state": "x", "code": "y"}).status == 400
