"""Answers of SAML identity providers: only what a pinned key signed is read, and all of it is held to the request.

What was posted is looked at for one thing: who is said to have issued it, which chooses the keys. Everything else comes
from the bytes that the signature covers, parsed anew. The signature has to be that of the answer as a whole, or of its
one assertion, where it belongs; a document with two assertions, two elements of one id or a DTD is not looked at.
"""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.errors import BadRequest
from lyceum.kit.frozen import frozen
from lyceum.model.federation import IdentityProvider

from functions.auth.federation.calls import refused
from functions.auth.federation.people import Person
from functions.auth.saml import encryption, service

MOST_BYTES = 256 * 1024
_LEEWAY = timedelta(seconds=60)
_LONGEST = timedelta(hours=24)
"""How long an assertion may hold; what is longer is not kept as spent for so long, and so not taken."""
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_MAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
_P, _A = f"{{{service.PROTOCOL}}}", f"{{{service.ASSERTION}}}"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_MAIL = ("email", "mail", "urn:oid:0.9.2342.19200300.100.1.3", f"{_CLAIMS}emailaddress")
_FIRST = ("givenName", "firstName", "urn:oid:2.5.4.42", f"{_CLAIMS}givenname")
_LAST = ("sn", "surname", "lastName", "urn:oid:2.5.4.4", f"{_CLAIMS}surname")
logger = Logger()


@frozen
class Vouched:
    """Whom a provider vouches for, the state of the request that it answers, its assertion and how long that holds."""

    person: Person
    state: str
    assertion_id: str
    ends_at: datetime


def parse(encoded: str) -> Any:
    """Parse what was posted; raises BadRequest for what is too large, no XML, or has a DTD or an id twice."""
    try:
        document = base64.b64decode("".join(encoded.split()), validate=True)
    except ValueError:
        raise refused() from None
    return _tree(document)


def issuer_of(root: Any) -> str:
    """Return who is said to have issued an answer, which nothing proves yet."""
    named = root.find(f"{_A}Issuer")
    if named is None:
        named = root.find(f"{_A}Assertion/{_A}Issuer")
    return _text(named)


def read(root: Any, provider: IdentityProvider) -> Vouched:
    """Return whom a provider vouches for; raises BadRequest unless all of the answer holds."""
    assertion = signed_assertion(root, provider.certificates)
    why = _wrong(root, assertion, provider)
    if why:
        logger.warning("SAML answer refused", extra={"provider": provider.provider, "why": why})
        raise refused()
    confirmed = assertion.find(f"{_A}Subject/{_A}SubjectConfirmation/{_A}SubjectConfirmationData")
    return Vouched(
        _person(assertion, provider),
        confirmed.get("InResponseTo").removeprefix("_"),
        f"{provider.issuer} {assertion.get('ID')}",
        _moment(confirmed.get("NotOnOrAfter")) + _LEEWAY,
    )


def signed_assertion(root: Any, certificates: Sequence[str]) -> Any:
    """Return the assertion that one of the pinned keys signed, parsed from the signed bytes; raises BadRequest.

    One that is encrypted is opened: within what a key signed as a whole, or else before its own signature is looked at.
    """
    answer = _signed(root, "./", root, certificates)
    encrypted = root.find(f"{_A}EncryptedAssertion")
    if answer is not None:
        found = answer.find(f"{_A}Assertion")
        if found is None:
            found = _tree(encryption.opened(answer.find(f"{_A}EncryptedAssertion"), is_signed=True))
    elif encrypted is not None:
        inner = _tree(encryption.opened(encrypted, is_signed=False))
        found = _signed(inner, "./", inner, certificates)
    else:
        found = _signed(root, f"./{_A}Assertion/", root.find(f"{_A}Assertion"), certificates)
    if found is None or found.tag != f"{_A}Assertion":
        raise refused()
    return found


def _signed(root: Any, place: str, owner: Any, certificates: Iterable[str]) -> Any:
    """Return what one of the pinned keys signed at the place of its owner, or None."""
    if owner is None or owner.find(_SIGNATURE) is None:
        return None
    read = (_verified(root, place, certificate) for certificate in certificates)
    same = (each for each in read if each is not None and (each.tag, each.get("ID")) == (owner.tag, owner.get("ID")))
    return next(same, None)


def _verified(root: Any, place: str, certificate: str) -> Any:
    """Return what a key signed at a place, or None; the key is trusted for itself, whenever its certificate ends."""
    from cryptography.x509 import load_der_x509_certificate
    from lxml import etree
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.exceptions import SignXMLException
    from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

    trusted = load_der_x509_certificate(base64.b64decode(certificate))
    known = min(max(clock.now(), trusted.not_valid_before_utc), trusted.not_valid_after_utc)
    methods = [each for each in SignatureMethod if each.name.startswith(("RSA_SHA", "ECDSA_SHA", "SHA"))]
    expected = SignatureConfiguration(
        location=place,
        signature_methods=frozenset(each for each in methods if not each.name.endswith("SHA1")),
        digest_algorithms=frozenset(each for each in DigestAlgorithm if "SHA1" not in each.name),
        ignore_ambiguous_key_info=True,
        verification_time=known,
    )
    try:
        result = XMLVerifier().verify(
            etree.tostring(root), x509_cert=trusted, parser=_parser(), id_attribute="ID", expect_config=expected
        )
        return _tree(result.signed_data) if isinstance(result, VerifyResult) else None
    except (SignXMLException, etree.LxmlError, ValueError, TypeError, KeyError, BadRequest):
        return None


def _tree(document: bytes) -> Any:
    from lxml import etree

    if len(document) > MOST_BYTES:
        raise refused()
    try:
        root = etree.fromstring(document, _parser())
    except (etree.LxmlError, ValueError):
        raise refused() from None
    ids = [each.get("ID") for each in root.iter() if each.get("ID") is not None]
    is_plain = root.getroottree().docinfo.doctype == "" and len(set(ids)) == len(ids)
    assertions = sum(1 for each in root.iter(f"{_A}Assertion", f"{_A}EncryptedAssertion"))
    if not is_plain or assertions != 1 or root.tag not in {f"{_P}Response", f"{_A}Assertion"}:
        raise refused()
    return root


def _parser() -> Any:
    """Return a parser that fetches nothing, expands nothing, and joins text around comments."""
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _wrong(root: Any, assertion: Any, provider: IdentityProvider) -> str | None:
    """Return what of an answer does not hold (SAML 2.0 Profiles, 4.1.4.2 and 4.1.4.3), or None."""
    now = clock.now()
    status = root.find(f"{_P}Status/{_P}StatusCode")
    data = assertion.find(f"{_A}Subject/{_A}SubjectConfirmation/{_A}SubjectConfirmationData")
    conditions = assertion.find(f"{_A}Conditions")
    named = assertion.find(f"{_A}Subject/{_A}NameID")
    if root.tag != f"{_P}Response" or data is None or conditions is None or named is None:
        return "parts"
    confirmations = assertion.findall(f"{_A}Subject/{_A}SubjectConfirmation")
    audiences = {_text(each) for each in conditions.iterfind(f"{_A}AudienceRestriction/{_A}Audience")}
    checks = {
        "status": status is not None and status.get("Value") == _SUCCESS,
        "version": root.get("Version") == "2.0" == assertion.get("Version"),
        "issuer": _text(assertion.find(f"{_A}Issuer")) == provider.issuer,
        "destination": root.get("Destination", service.consumer_url()) == service.consumer_url(),
        "confirmation": len(confirmations) == 1 and confirmations[0].get("Method") == _BEARER,
        "recipient": data.get("Recipient") == service.consumer_url(),
        "request": (data.get("InResponseTo") or "").startswith("_"),
        "same request": root.get("InResponseTo", data.get("InResponseTo")) == data.get("InResponseTo"),
        "audience": service.entity_id() in audiences,
        "times": _is_now(conditions, now) and _is_now(data, now) and data.get("NotOnOrAfter") is not None,
        "subject": 0 < len(_text(named)) <= 255 and named.get("Format") != _TRANSIENT,
        "sign-in": assertion.find(f"{_A}AuthnStatement") is not None,
    }
    return next((name for name, holds in checks.items() if not holds), None)


def _is_now(element: Any, now: datetime) -> bool:
    """Say whether a moment lies within an element's times, with a minute of leeway; unreadable ones hold never."""
    begins, ends = element.get("NotBefore"), element.get("NotOnOrAfter")
    try:
        has_begun = begins is None or _moment(begins) - _LEEWAY <= now
        has_not_ended = ends is None or now < _moment(ends) + _LEEWAY <= now + _LONGEST
    except ValueError:
        return False
    return has_begun and has_not_ended


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment


def _person(assertion: Any, provider: IdentityProvider) -> Person:
    named = assertion.find(f"{_A}Subject/{_A}NameID")
    told: dict[str, list[str]] = {}
    for each in assertion.iterfind(f"{_A}AttributeStatement/{_A}Attribute"):
        values = [_text(value) for value in each.iterfind(f"{_A}AttributeValue")]
        for name in filter(None, (each.get("Name"), each.get("FriendlyName"))):
            told.setdefault(name, []).extend(values)
    email = _first(told, _MAIL) or (_text(named) if named.get("Format") == _MAIL_FORMAT else "")
    is_vouched = bool(provider.vouches_for_domains) and email.rpartition("@")[2].lower() in (provider.domains or ())
    return Person(
        subject=_text(named),
        email=email if is_vouched and len(email) <= 254 else None,
        first_name=_first(told, _FIRST),
        last_name=_first(told, _LAST),
        roles=told.get(provider.role_claim or "", [])[:50],
    )


def _first(told: dict[str, list[str]], names: Iterable[str]) -> str:
    return next((values[0] for name in names if (values := told.get(name))), "")


def _text(element: Any) -> str:
    """Return the whole text of an element, whatever stands in its midst."""
    return "" if element is None else "".join(element.itertext()).strip()
