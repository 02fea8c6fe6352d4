"""Guardians of a child: invited by the child or its school, seen by both sides, ended by either."""

from lyceum.events.users import GuardianInvited
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.audit import audit
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship
from lyceum.rules import guardians as rules
from lyceum.rules.profile_views import present
from lyceum.rules.profiles import is_minor
from lyceum.rules.sessions import recheck
from lyceum.rules.sign_in_names import fold

from functions.users.joining.schemas import ChildView, GuardianView, InviteGuardian


def invite(caller: Principal, child_id: str, wanted: InviteGuardian) -> GuardianView:
    """Invite somebody to be a child's guardian; the token that accepts it is mailed to the address.

    Raises RuleViolation for somebody who is no minor and for the child's own address, and Conflict TOO_MANY_GUARDIANS.
    """
    _recheck_staff(caller, child_id)
    child = present(child_id)
    if not is_minor(child):
        raise rule_violation("NO_MINOR", "Only minors have guardians.")
    if child.email and fold(child.email) == fold(wanted.email):
        raise rule_violation("OWN_ADDRESS", "A guardian has an address of their own.")
    if len(rules.of_child(child_id)) >= rules.MOST:
        raise Conflict(f"A child has {rules.MOST} guardians at most.", code="TOO_MANY_GUARDIANS")
    link = Guardianship(
        child_id=child_id,
        guardian_id=ids.new_id(),
        relation=wanted.relation,
        email=wanted.email,
        language=wanted.language,
        invited_by=caller.user_id,
        expires_at=clock.now() + rules.GOOD_FOR,
    )
    link.ttl = int(link.expires_at.timestamp())
    act = audit("guardian.invite", child_id, before={}, after={"relation": link.relation})
    Unit().create(link, GuardianInvited(child_id=child_id, guardian_id=link.guardian_id)).create(act).commit()
    return _view(link, None)


def of_child(caller: Principal, child_id: str) -> list[GuardianView]:
    """Return a child's guardians and open invitations, with what each may see (2 storage requests)."""
    _recheck_staff(caller, child_id)
    links = rules.of_child(child_id)
    names = [User.at(user_id=link.adult_id) for link in links if link.adult_id]
    adults = {each.user_id: each for each in batch_fetch(names) if isinstance(each, User)} if names else {}
    return [_view(link, adults.get(link.adult_id)) for link in links]


def children_of(caller: Principal) -> list[ChildView]:
    """Return the children whose guardian the caller is, with what the caller may see (2 storage requests)."""
    links = find(Guardianship, index="gsi1", adult_id=caller.user_id, limit=100).items
    names = [User.at(user_id=link.child_id) for link in links]
    children = {each.user_id: each for each in batch_fetch(names) if isinstance(each, User)} if names else {}
    return [
        _child(link, children[link.child_id])
        for link in links
        if link.child_id in children and children[link.child_id].status_at(clock.now()) == "active"
    ]


def end(caller: Principal, child_id: str, guardian_id: str) -> None:
    """End a link or take an invitation back: the child, its guardian, or an administrator may; raises NotFound."""
    missing = NotFound("There is no such guardian.")
    link = Guardianship.fetch(child_id=child_id, guardian_id=guardian_id, consistent=True)
    is_of_both = caller.user_id in {child_id, link.adult_id if link else None}
    if link is None or not (is_of_both or may_touch(caller, None, Permission.MANAGE_USERS)):
        raise missing
    if not is_of_both:
        recheck(caller)
    before = {"relation": link.relation, "guardian": link.adult_id}
    unit = Unit().remove(link, when=Guardianship.pk.exists(), refuse=missing)
    unit.create(audit("guardian.end", child_id, before=before, after={})).commit()


def _recheck_staff(caller: Principal, child_id: str) -> None:
    if caller.user_id != child_id:
        recheck(caller)


def _view(link: Guardianship, adult: User | None) -> GuardianView:
    return GuardianView(
        guardian_id=link.guardian_id,
        relation=link.relation,
        state="linked" if link.adult_id else "invited",
        email=link.email,
        user_id=link.adult_id,
        first_name=adult.first_name if adult else None,
        last_name=adult.last_name if adult else None,
        may_see=sorted(rules.RIGHTS) if link.adult_id else [],
        expires_at=None if link.adult_id else link.expires_at,
        linked_at=link.linked_at,
    )


def _child(link: Guardianship, child: User) -> ChildView:
    return ChildView(
        guardian_id=link.guardian_id,
        child_id=child.user_id,
        first_name=child.first_name,
        last_name=child.last_name,
        relation=link.relation,
        may_see=sorted(rules.RIGHTS) if is_minor(child) else [],
        linked_at=link.linked_at,
    )
