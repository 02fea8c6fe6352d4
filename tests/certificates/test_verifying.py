"""Verifying: what is stored, what is shown, and every way in which a document may not hold."""

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.model.certificates import Certificate
from tests.certificates.conftest import School

from functions.certificates.credentials import base58, issuer, proofs, status_lists


def test_a_certificate_holds_with_every_check(school: School) -> None:
    made = school.certificate()
    found = school.verify(made["certificateId"])
    assert (found["isValid"], found["message"]) == (True, "The certificate holds.")
    names = ["signature", "document", "validity", "status"]
    assert [(each["name"], each["holds"]) for each in found["checks"]] == [(name, True) for name in names]
    assert found["certificate"]["certificateId"] == made["certificateId"]
    assert school.client.get(f"/api/certificates/{'0' * 26}/verify").status == 404


def test_a_shown_document_holds_as_json_and_as_token(school: School) -> None:
    name = school.certificate()["certificateId"]
    assert school.verify(name, credential=school.credential(name))["isValid"]
    token = school.client.get(f"/api/certificates/{name}", {"form": "jwt"}).data["jwt"]
    assert school.verify(name, jwt=token)["isValid"]
    header, body, signature = token.split(".")
    other = (
        base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + "==").replace(b"Ada", b"Eve")).rstrip(b"=").decode()
    )
    assert school.verify(name, jwt=f"{header}.{other}.{signature}")["failure"] == "SIGNATURE"
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    assert school.verify(name, jwt=f"{unsigned}.{body}.")["failure"] == "SIGNATURE"


def _texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from _texts(child, (*path, name))


def _with(document: dict[str, Any], path: tuple[Any, ...], change: Any) -> dict[str, Any]:
    made = copy.deepcopy(document)
    part = made
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = change(part[path[-1]])
    return made


def test_a_letter_that_is_changed_anywhere_makes_a_document_invalid(school: School) -> None:
    name = school.certificate(examId=school.passed().exam_id)["certificateId"]
    document = school.credential(name)
    paths = list(_texts(document))
    assert len(paths) > 30
    for path in paths:
        changed = _with(document, path, lambda text: text[:-1] + chr(ord(text[-1]) ^ 1))
        assert not school.verify(name, credential=changed)["isValid"], path


def test_a_bit_that_is_flipped_in_the_signature_makes_it_invalid(school: School) -> None:
    name = school.certificate()["certificateId"]
    document = school.credential(name)
    raw = base58.decode(document["proof"]["proofValue"])
    for bit in range(0, 512, 23):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        changed = _with(document, ("proof", "proofValue"), lambda _text, made=bytes(flipped): base58.encode(made))
        assert school.verify(name, credential=changed)["failure"] == "SIGNATURE"


@pytest.mark.parametrize(
    ("path", "value", "failure"),
    [
        (("secretly",), "added", "MALFORMED"),
        (("credentialSubject", "grade"), "A", "MALFORMED"),
        (("@context",), ["https://www.w3.org/ns/credentials/v2", "https://evil.example/context"], "MALFORMED"),
        (("@context",), ["https://www.w3.org/ns/credentials/v2", {"@vocab": "https://evil.example/"}], "MALFORMED"),
        (("issuer",), {"id": "did:web:evil.example", "type": ["Profile"]}, "UNKNOWN_ISSUER"),
        (("type",), ["VerifiableCredential"], "MALFORMED"),
        (("proof",), [], "SIGNATURE"),
        (("proof", "cryptosuite"), "eddsa-jcs-2022", "SIGNATURE"),
        (("proof", "proofPurpose"), "authentication", "SIGNATURE"),
        (("proof", "verificationMethod"), "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "SIGNATURE"),
        (("credentialSubject", "type"), ["Person"], "MALFORMED"),
        (("validFrom",), "yesterday", "SIGNATURE"),
    ],
)
def test_documents_that_say_more_or_something_else_are_refused(
    school: School, path: tuple[str, ...], value: Any, failure: str
) -> None:
    name = school.certificate()["certificateId"]
    changed = copy.deepcopy(school.credential(name))
    part = changed
    for each in path[:-1]:
        part = part[each]
    part[path[-1]] = value
    assert school.verify(name, credential=changed)["failure"] == failure


def test_another_certificates_document_is_told_apart(school: School) -> None:
    one, other = school.certificate()["certificateId"], school.certificate()["certificateId"]
    assert school.verify(one, credential=school.credential(other))["failure"] == "OTHER_CERTIFICATE"


def test_a_document_of_another_tenant_is_by_an_unknown_issuer(school: School) -> None:
    name = school.certificate()["certificateId"]
    document = school.credential(name)
    assert document["issuer"]["id"] == f"did:web:{school.tenant}.localhost"
    elsewhere = _with(document, ("issuer", "id"), lambda _id: "did:web:other.localhost")
    assert school.verify(name, credential=elsewhere)["failure"] == "UNKNOWN_ISSUER"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def test_whatever_is_shown_is_answered_and_nothing_but_the_document_holds(school: School) -> None:
    name = school.certificate()["certificateId"]
    document = school.credential(name)

    @settings(max_examples=40)
    @given(st.sampled_from(sorted(document)), JSON)
    def answered(field: str, value: Any) -> None:
        found = school.verify(name, credential={**document, field: value})
        assert found["isValid"] == (document[field] == value)

    answered()


def test_the_issuer_publishes_the_keys_that_prove_its_documents(school: School) -> None:
    name = school.certificate()["certificateId"]
    school.client.get(f"/api/certificates/{name}", {"form": "jwt"})
    published = school.client.get("/.well-known/did.json").json
    assert published["id"] == f"did:web:{school.tenant}.localhost"
    kinds = {each["id"]: each["type"] for each in published["verificationMethod"]}
    assert kinds[school.credential(name)["proof"]["verificationMethod"]] == "Multikey"
    assert sorted(kinds.values()) == ["JsonWebKey", "Multikey"]
    assert published["assertionMethod"] == list(kinds)
    assert "sealed" not in json.dumps(published)


def test_a_certificate_holds_after_the_secret_was_replaced(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    name = school.certificate()["certificateId"]
    token = school.client.get(f"/api/certificates/{name}", {"form": "jwt"}).data["jwt"]
    monkeypatch.setattr("lyceum.kit.aws.clients.secret_text", lambda: "another secret")
    document = school.credential(name)
    assert school.verify(name, credential=document)["isValid"]
    assert school.verify(name, jwt=token)["isValid"]
    anew = school.certificate()["certificateId"]
    assert school.verify(anew)["isValid"]
    assert school.credential(anew)["proof"]["verificationMethod"] != document["proof"]["verificationMethod"]
    again = school.client.get(f"/api/certificates/{anew}", {"form": "jwt"}).data["jwt"]
    assert school.verify(anew, jwt=again)["isValid"]
    assert len(school.client.get("/.well-known/did.json").json["verificationMethod"]) == 4


def test_status_lists_are_signed_and_show_what_was_revoked_alone(school: School) -> None:
    kept, gone = school.certificate()["certificateId"], school.certificate()["certificateId"]
    assert school.teacher.post(f"/api/certificates/{gone}/revoke", {"reason": "a mistake"}).status == 200
    for name, is_revoked in ((kept, False), (gone, True)):
        stored = Certificate.require(certificate_id=name)
        reply = school.client.get(f"/api/certificates/status/{stored.list_id}")
        assert reply.headers["Content-Type"] == "application/vc"
        assert status_lists.is_set(reply.json, int(stored.list_index)) is is_revoked
        status = stored.credential["credentialStatus"]
        assert status["statusListCredential"].endswith(f"/api/certificates/status/{stored.list_id}")
        assert status["statusListIndex"] == str(int(stored.list_index))
        assert proofs.check(reply.json, lambda method: issuer.public_key(method, issuer.keys()))


def test_status_lists_that_there_can_not_be_are_not_there(school: School) -> None:
    for name in ("2027-9", "2027-0", "1999-1", "2999-1", "x", "2027-11"):
        assert school.client.get(f"/api/certificates/status/{name}").status == 404


def test_a_page_is_shared_and_known_by_its_etag(school: School) -> None:
    name = school.certificate()["certificateId"]
    page = school.client.get(f"/api/certificates/{name}")
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert page.data["linkedIn"]["certId"] == name
    assert page.data["linkedIn"]["addUrl"].startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION")
    assert "sealed" not in page.body
