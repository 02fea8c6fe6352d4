"""The document of a certificate as Open Badges 3.0 writes it, before and after it is signed (OB 3.0, B.1)."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.messages import appearance

from functions.certificates.credentials import canonical, issuer, proofs

STATUS_PATH = "/api/certificates/status/"
_KINDS = {"course": "Course", "exam": "Assessment"}


@frozen
class Facts:
    """What a certificate says.

    - `achievement`, `source_id`, `teacher_id`, `percent`: as in `Certificate`.
    - `holder_name`: in full.
    - `shown_name`: what everybody may read.
    """

    achievement: str
    source_id: str
    teacher_id: str
    title: str
    description: str
    language: str
    holder_name: str
    shown_name: str
    awarded_at: datetime
    percent: str | None = None

    @property
    def sort(self) -> str:
        """Whether it is of a course or of an exam."""
        return self.achievement.partition("#")[0]


@frozen
class Place:
    """A bit of a status list."""

    list_id: str
    index: int


def document(facts: Facts, certificate_id: str, issued_at: datetime, until: datetime | None, place: Place) -> Any:
    """Return the document of a certificate without a proof."""
    source = issuer.address(f"/api/{facts.sort}s/{facts.achievement.partition('#')[2]}")
    listed = issuer.address(f"{STATUS_PATH}{place.list_id}")
    name = {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": facts.shown_name}
    return {
        "@context": [canonical.CREDENTIALS, canonical.OPEN_BADGES],
        "id": issuer.address(f"/api/certificates/{certificate_id}"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.title,
        "issuer": profile(),
        "validFrom": second(issued_at),
        **({"validUntil": second(until)} if until else {}),
        "awardedDate": second(facts.awarded_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [name],
            "achievement": _achievement(facts, source),
            **_result(facts, source),
        },
        "credentialStatus": {
            "id": f"{listed}#{place.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(place.index),
            "statusListCredential": listed,
        },
    }


def profile() -> dict[str, Any]:
    """Return who issues, as a profile."""
    return {"id": issuer.did(), "type": ["Profile"], "name": appearance.current().name, "url": issuer.address()}


def _achievement(facts: Facts, source: str) -> dict[str, Any]:
    return {
        "id": source,
        "type": ["Achievement"],
        "achievementType": _KINDS[facts.sort],
        "name": facts.title,
        "description": facts.description,
        "criteria": {"narrative": facts.description},
        "inLanguage": facts.language,
        **({"resultDescription": [_described(source)]} if facts.percent else {}),
    }


def _described(source: str) -> dict[str, Any]:
    return {"id": f"{source}#percent", "type": ["ResultDescription"], "name": "Percent", "resultType": "Percent"}


def _result(facts: Facts, source: str) -> dict[str, Any]:
    if not facts.percent:
        return {}
    return {"result": [{"type": ["Result"], "resultDescription": f"{source}#percent", "value": facts.percent}]}


def sign(unsigned: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return a document with its proof by the deployment's key."""
    key = issuer.signing_key()
    return proofs.signed(unsigned, key.method, second(at), key.sign)


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical statements, its proof apart; raises NotCanonical."""
    plain = {name: value for name, value in document.items() if name != "proof"}
    return hashlib.sha256(canonical.statements(plain).encode()).hexdigest()


def second(moment: datetime) -> str:
    """Write a time to the second, as XML Schema has it (dateTimeStamp)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
