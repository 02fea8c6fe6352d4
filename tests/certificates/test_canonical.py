"""Canonical statements and proofs against published vectors, and what is refused before it is hashed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.certificates.credentials import base58, canonical, proofs
from functions.certificates.credentials.canonical import NotCanonical
from functions.certificates.credentials.proofs import BrokenProof

PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
DOCUMENT = {
    "@context": [canonical.CREDENTIALS, EXAMPLES],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
"""Of the vectors of `eddsa-rdfc-2022` (Data Integrity EdDSA Cryptosuites 1.0, B.1)."""
VALUE = "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"
HASHES = (
    "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
    "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
)


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know the context of the vectors, which stands for every term in one vocabulary."""
    vocabulary = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    monkeypatch.setitem(canonical._FILES, EXAMPLES, "")
    shipped = canonical.context
    monkeypatch.setattr(canonical, "context", lambda name: vocabulary if name == EXAMPLES else shipped(name))


@pytest.mark.usefixtures("examples")
def test_the_published_vector_is_signed_byte_for_byte() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(base58.decode(PRIVATE)[2:])
    method = f"did:key:{PUBLIC}#{PUBLIC}"
    signed = proofs.signed(DOCUMENT, method, "2023-02-24T23:36:38Z", private.sign)
    options = {name: value for name, value in signed["proof"].items() if name != "proofValue"}
    assert proofs.digests(DOCUMENT, options).hex() == HASHES
    assert signed["proof"]["proofValue"] == VALUE
    assert proofs.check(signed, _by_fragment) == method


def _by_fragment(method: str) -> bytes | None:
    try:
        return proofs.raw_key(method.rpartition("#")[2].rpartition(":")[2])
    except ValueError:
        return None


_SAMPLES = Path(os.environ.get("LYCEUM_SAMPLES", "/nowhere")) / "openbadges" / "ob30"
_GOOD = {
    "complete", "endorsement-valid", "simple-context-alias", "simple-context-version", "simple-did-key-method",
    "simple-did-web-method", "simple-multiple-proofs", "simple", "simple-err-expired", "simple-err-issued",
    "simple-err-issuer",
}  # fmt: skip
"""Samples whose proof is good; what the last three say of times and issuer is another check's."""


@pytest.mark.skipif(not _SAMPLES.is_dir(), reason="LYCEUM_SAMPLES names no folder with openbadges/ob30")
@pytest.mark.parametrize("file", sorted(_SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_samples_of_the_validator_are_judged_as_labelled(file: Path) -> None:
    document = json.loads(file.read_text())
    try:
        proofs.check(document, _by_fragment)
    except (BrokenProof, NotCanonical):
        assert file.stem not in _GOOD
    else:
        assert file.stem in _GOOD


_WYCHEPROOF = _SAMPLES.parents[1] / "jose-wycheproof" / "testvectors_v1" / "ed25519_test.json"


@pytest.mark.skipif(not _WYCHEPROOF.is_file(), reason="LYCEUM_SAMPLES names no folder with jose-wycheproof")
def test_signatures_are_judged_as_wycheproof_does() -> None:
    groups = json.loads(_WYCHEPROOF.read_text())["testGroups"]
    judged = {
        (group["publicKey"]["pk"], test["tcId"]): (
            proofs.is_signed(*(bytes.fromhex(part) for part in (group["publicKey"]["pk"], test["sig"], test["msg"]))),
            test["result"] == "valid",
        )
        for group in groups
        for test in group["tests"]
    }
    assert len(judged) > 100
    assert [name for name, (found, wanted) in judged.items() if found != wanted] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secretly": "added"}, "no context defines 'secretly'"),
        ({"type": ["VerifiableCredential", "Unheard"]}, "no context defines 'Unheard'"),
        ({"@context": [canonical.CREDENTIALS, {"a": "urn:a"}]}, "is not known here, and none is fetched"),
        ({"@context": "https://evil.example/context"}, "is not known here, and none is fetched"),
        ({"id": "relative"}, "no context defines"),
    ],
)
def test_what_would_vanish_from_the_statements_is_refused(change: dict[str, Any], says: str) -> None:
    plain = {**DOCUMENT, "@context": [canonical.CREDENTIALS], "type": ["VerifiableCredential"]}
    del plain["credentialSubject"]
    assert canonical.statements(plain)
    with pytest.raises(NotCanonical, match=says):
        canonical.statements({**plain, **change})


def test_a_document_that_is_too_deep_or_too_large_is_refused() -> None:
    deep: Any = "end"
    for _ in range(30):
        deep = {"name": deep}
    for document in (deep, {"name": [[]] * 6000}):
        with pytest.raises(NotCanonical, match="too deep or too large"):
            canonical.statements(document)


def test_parts_that_are_alike_can_not_take_the_time_of_their_factorial() -> None:
    alike = {"type": ["Evidence"], "name": "the same"}
    document = {"@context": [canonical.CREDENTIALS, canonical.OPEN_BADGES], "type": ["VerifiableCredential"]}
    assert canonical.statements({**document, "evidence": [alike] * 4})
    with pytest.raises(NotCanonical, match="alike"):
        canonical.statements({**document, "evidence": [alike] * 12})
    with pytest.raises(NotCanonical, match="no address"):
        canonical.statements({**document, "evidence": [{**alike, "id": "_:one"}]})


@given(st.binary(max_size=70))
def test_base_58_reads_what_it_writes(raw: bytes) -> None:
    assert base58.decode(base58.encode(raw)) == raw


@pytest.mark.parametrize("text", ["", "x1", "z0", "zIl", "z" * 300])
def test_base_58_refuses_other_texts(text: str) -> None:
    with pytest.raises(ValueError, match="base 58"):
        base58.decode(text)
