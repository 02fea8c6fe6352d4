"""Guardians: the token that makes somebody one, and what a guardian may see of a child.

A link gives its rights while the child counts as a minor and both accounts are active; at eighteen they end by
themselves. Tokens are made and read by the functions that have the secret of sign-ins, not by the one that invites.
"""

import hmac
from datetime import timedelta

from lyceum.kit import clock, context
from lyceum.kit.errors import Conflict, Gone, NotFound, rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.audit import audit
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship
from lyceum.rules.profiles import is_known_minor, is_minor

GOOD_FOR = timedelta(days=7)
"""How long an invitation may be accepted."""
MOST = 4
"""Guardians of a child, invitations that are open among them."""
RIGHTS = frozenset(GuardianRight)
"""What a link gives."""


def token_of(link: Guardianship) -> str:
    """Return the token that accepts an invitation: whose and which, and a mark (RFC 2104) over all that it says."""
    said = [context.tenant(), link.relation, link.email or "", clock.iso(link.expires_at)]
    return f"{link.child_id}.{link.guardian_id}.{sealing.mark('guardian', link.child_id, link.guardian_id, *said)}"


def is_open(link: Guardianship) -> bool:
    """Say whether an invitation waits to be accepted."""
    return link.adult_id is None and link.expires_at > clock.now()


def accept(caller: Principal, token: str) -> Guardianship:
    """Link the caller to the child that a token names; raises NotFound for another token, Gone for one that is over.

    Nobody is their own guardian, and nobody is one who is known to be under eighteen (RuleViolation); Conflict for
    somebody who is the child's guardian already.
    """
    link = _named_by(token)
    people = batch_fetch([User.at(user_id=link.child_id), User.at(user_id=caller.user_id)], consistent=True)
    child, adult = (each if isinstance(each, User) else None for each in people)
    if child is None or adult is None or child.status == "deleted" or not is_open(link):
        raise _over()
    if child.user_id == adult.user_id or is_known_minor(adult):
        raise rule_violation("NO_ADULT", "A guardian is another person, and of age.")
    if any(each.adult_id == caller.user_id for each in of_child(link.child_id)):
        raise Conflict("You are a guardian of this child already.", code="GUARDIAN_ALREADY")
    waits = Guardianship.adult_id.does_not_exist() & (Guardianship.expires_at > clock.now())
    link.adult_id, link.linked_at, link.email, link.ttl = caller.user_id, clock.now(), None, None
    unit = Unit().amend(link, "adult_id", "linked_at", "email", "ttl", when=waits, refuse=_over())
    after = {"guardian": caller.user_id, "relation": link.relation}
    unit.create(audit("guardian.accept", link.child_id, before={}, after=after)).commit()
    return link


def _named_by(token: str) -> Guardianship:
    child_id, _, rest = token.partition(".")
    guardian_id = rest.partition(".")[0]
    link = Guardianship.fetch(child_id=child_id, guardian_id=guardian_id, consistent=True) if guardian_id else None
    if link is None or link.email is None:
        raise _over()
    if not hmac.compare_digest(token_of(link).encode(), token.encode()):
        raise NotFound("There is no such invitation.")
    return link


def _over() -> Gone:
    return Gone("This invitation has ended, was withdrawn or was accepted already.")


def of_child(child_id: str) -> list[Guardianship]:
    """Return a child's guardians, with the invitations that are open (1 storage request)."""
    return [each for each in find(Guardianship, child_id=child_id).items if each.adult_id or is_open(each)]


def rights_over(caller: Principal, child_id: str) -> frozenset[GuardianRight]:
    """Return what the caller may see of a child as its guardian; nothing for anybody else (2 storage requests)."""
    if not any(each.adult_id == caller.user_id for each in of_child(child_id)):
        return frozenset()
    child, adult = batch_fetch([User.at(user_id=child_id), User.at(user_id=caller.user_id)])
    are_active = all(isinstance(each, User) and each.status_at(clock.now()) == "active" for each in (child, adult))
    return RIGHTS if are_active and isinstance(child, User) and is_minor(child) else frozenset()


def require(caller: Principal, child_id: str, right: GuardianRight) -> None:
    """Demand that the caller may see this of a child as its guardian; raises NotFound (2 storage requests)."""
    if right not in rights_over(caller, child_id):
        raise NotFound("There is no such user.")
