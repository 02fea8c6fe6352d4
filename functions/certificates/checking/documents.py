"""What a document says of itself: whether it is of this form, by whom, and for which time. No storage is asked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lyceum.kit import clock

from functions.certificates.credentials import canonical, proofs
from functions.certificates.credentials.canonical import NotCanonical
from functions.certificates.credentials.proofs import BrokenProof, KeyOf

_TYPES = ("OpenBadgeCredential", "AchievementCredential")


class NotProven(ValueError):
    """A document does not hold; `failure` names the reason as the API tells it."""

    def __init__(self, failure: str, message: str) -> None:
        super().__init__(message)
        self.failure = failure


def check_form(document: Mapping[str, Any]) -> None:
    """Demand what every Open Badges credential has (OB 3.0, B.1.2); raises NotProven MALFORMED."""
    types, contexts = _listed(document.get("type")), _listed(document.get("@context"))
    subject, issuer = document.get("credentialSubject"), document.get("issuer")
    demands: tuple[tuple[bool, str], ...] = (
        (contexts[:1] == [canonical.CREDENTIALS], "its first context is not that of credentials"),
        ("VerifiableCredential" in types and any(each in types for each in _TYPES), "it is no Open Badges credential"),
        (isinstance(issuer_of(document), str) and issuer_of(document) != "", "it names no issuer"),
        (not isinstance(issuer, dict) or "Profile" in _listed(issuer.get("type")), "its issuer is no profile"),
        (isinstance(document.get("id"), str), "it has no id"),
        (isinstance(document.get("validFrom"), str), "it says no time from which it is valid"),
        (isinstance(subject, dict) and "AchievementSubject" in _listed(subject.get("type")), "it has no subject"),
        (isinstance(subject, dict) and isinstance(subject.get("achievement"), dict), "it names no achievement"),
    )
    for holds, message in demands:
        if not holds:
            raise NotProven("MALFORMED", message)


def check_proof(document: Mapping[str, Any], key_of: KeyOf) -> str:
    """Demand a proof by a key that is the issuer's own, and return its name; raises NotProven."""
    try:
        method = proofs.check(document, key_of)
    except NotCanonical as error:
        raise NotProven("MALFORMED", str(error)) from None
    except BrokenProof as error:
        raise NotProven("SIGNATURE", str(error)) from None
    if method.partition("#")[0] != issuer_of(document):
        raise NotProven("SIGNATURE", "the proof is by another than the issuer")
    return method


def check_times(document: Mapping[str, Any], now: datetime) -> None:
    """Demand that now lies within a document's validity; raises NotProven."""
    begins, ends = _moment(document, "validFrom"), _moment(document, "validUntil")
    if begins is not None and now < begins:
        raise NotProven("NOT_YET_VALID", "it is not valid yet")
    if ends is not None and now >= ends:
        raise NotProven("EXPIRED", f"it was valid until {clock.iso(ends)}")


def issuer_of(document: Mapping[str, Any]) -> Any:
    """Return the id of who a document says issued it."""
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def first_failure(*checks: Callable[[], object]) -> NotProven | None:
    """Make checks one after the other and return what the first one that fails says."""
    for check in checks:
        try:
            check()
        except NotProven as failure:
            return failure
    return None


def _moment(document: Mapping[str, Any], name: str) -> datetime | None:
    if name not in document:
        return None
    try:
        return clock.parse(str(document[name]))
    except ValueError:
        raise NotProven("MALFORMED", f"its {name} is no time") from None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
