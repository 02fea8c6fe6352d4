"""Accounts: registration, proof of an address, and who is signed in."""

from typing import Any, Literal

from lyceum.events.users import UserRegistered
from lyceum.kit import clock, ids
from lyceum.kit.configuration import flags
from lyceum.kit.errors import Conflict, Detail, Unauthenticated, ValidationFailed
from lyceum.kit.identity import hashing, role_sets
from lyceum.kit.identity.principal import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.analytics.learners import LearnerFigures
from lyceum.model.audit import audit
from lyceum.model.auth import Credential, LoginName, Session
from lyceum.model.study.learners import Learner
from lyceum.model.users.account import User
from lyceum.model.users.invitations import Invitation
from lyceum.rules import invitations, sign_in_names
from lyceum.rules.learners import learner_standing
from lyceum.rules.profiles import Preferences, fields_of_other_roles
from lyceum.rules.sign_in_names import fold

from functions.auth.credentials import one_time_codes, passwords, undo_offers
from functions.auth.schemas import Account, Me, Register, SessionView, Verified
from functions.auth.sign_in import contacts


def register(wanted: Register) -> User:
    """Create an account in one transaction; exactly one of two racing registrations of a name wins.

    An invitation brings its role and its address, which its mail has proven; anybody else is sent a code that proves
    the address or number. Raises

    - Conflict when one of the sign-in names is taken
    - RuleViolation for a weak password
    - ValidationFailed for fields of another role, or for another address than the invited one
    - NotFound or Gone for an invitation that is not open
    """
    unit, invitation = Unit(), invitations.require(wanted.invitation) if wanted.invitation else None
    user = _newcomer(wanted, invitation)
    given = [name for name in (user.email, user.username, user.phone, user.school_id) if name]
    password = wanted.password.get_secret_value()
    passwords.check_policy(password, [*given, *([user.email.split("@")[0]] if user.email else [])])
    taken = Conflict("An account with one of these sign-in names exists.", code="ACCOUNT_EXISTS")
    contact = None if invitation else user.email or user.phone
    welcome = [one_time_codes.wish(contact, "verify")] if contact else []
    unit.create(user, UserRegistered(user_id=user.user_id, role=user.role, actor=user.user_id), *welcome)
    for name in sorted({fold(name) for name in given}):
        unit.create(LoginName(name=name, user_id=user.user_id), refuse=taken)
    unit.create(Credential(user_id=user.user_id, password_hash=hashing.hasher().hash(password), changed_at=clock.now()))
    if invitation:
        invitations.accept(unit, invitation, user.user_id)
    unit.commit()
    return user


def _newcomer(wanted: Register, invitation: Invitation | None) -> User:
    user_id = ids.new_id()
    role: str = wanted.role
    email = wanted.email
    if invitation:
        role, email = _invited(invitation, wanted.role, email)
    if wanted.profile and (details := fields_of_other_roles(role, wanted.profile)):
        raise ValidationFailed("Some fields belong to another role.", details=details)
    return User(
        user_id=user_id,
        email=email,
        email_verified_at=clock.now() if invitation else None,
        phone=wanted.phone,
        school_id=wanted.school_id,
        username=wanted.username or f"user-{user_id[-8:].lower()}",
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        role=role,
        is_verified=invitation is not None or role == "student",
        language=wanted.language,
        profile=wanted.profile.model_dump(mode="json", by_alias=True, exclude_none=True) if wanted.profile else {},
        preferences=Preferences.stored(wanted.in_own_words()),
    )


def _invited(invitation: Invitation, role: str, email: str | None) -> tuple[str, str]:
    if email is not None and fold(email) != fold(invitation.email):
        raise ValidationFailed(
            "The invitation is for another address.",
            details=[Detail("email", "The invitation is for another address.")],
        )
    if role not in {"student", invitation.role}:
        raise ValidationFailed(
            "The invitation is for another role.", details=[Detail("role", "The invitation is for another role.")]
        )
    return invitation.role, email or invitation.email


def verify(identifier: str, code: str, caller: Principal | None) -> Verified:
    """Note that an address or number is its user's; raises RuleViolation for a wrong code.

    A signed-in user proves a new address or number this way, which then takes the place of the old one.
    """
    user = User.fetch(user_id=caller.user_id, consistent=True) if caller else None
    unit, name = Unit(), fold(identifier)
    wanted = {fold(each): what for what, each in _wanted(user).items()} if user else {}
    if caller and user and name in wanted:
        is_email = wanted[name] == "email"
        purpose: one_time_codes.Purpose = "change_email" if is_email else "change_phone"
        spent = one_time_codes.spend_of(user.user_id, purpose, code, target=name)
        one_time_codes.use_up(spent, unit)
        if not one_time_codes.proven(user):
            contacts.end_other_sessions(unit, user.user_id, caller.session_id)
        unit.create(audit(f"{wanted[name]}.change", user.user_id, before={}, after={}))
        what: Literal["email", "phone"] = "email" if is_email else "phone"
        if getattr(user, what):
            undo_offers.offer(unit, user, what, undo_offers.contact_of(user, what))
        can_be_undone = getattr(user, f"{what}_verified_at") is not None
        sign_in_names.adopt_contact(unit, user, what, kept_for=undo_offers.GOOD_FOR if can_be_undone else None)
    else:
        spent = one_time_codes.spend(identifier, "verify", code)
        owner = User.require(user_id=spent.code.user_id)
        is_own = caller is not None and caller.user_id == owner.user_id
        contacts.confirm(unit, owner, spent, kept_session_id=caller.session_id if caller and is_own else None)
    unit.commit()
    return Verified(verified="email" if spent.channel == "email" else "phone")


def _wanted(user: User) -> dict[str, str]:
    wanted = {"email": user.wanted_email, "phone": user.wanted_phone}
    return {what: address for what, address in wanted.items() if address}


def me(caller: Principal) -> Me:
    """Return the signed-in user with permissions and session, in one storage request."""
    mine = {"user_id": caller.user_id}
    user, session, learner, figures = batch_fetch(
        [
            User.at(**mine),
            Session.at(**mine, session_id=caller.session_id),
            Learner.at(**mine),
            LearnerFigures.at(**mine),
        ]
    )
    if not isinstance(user, User) or not isinstance(session, Session):
        raise Unauthenticated("Your session has ended. Sign in again.")
    account: dict[str, Any] = {name: getattr(user, name) for name in Account.model_fields}
    permissions = sorted(permission.value for permission in role_sets.granted(caller.tenant, caller.role))
    view = SessionView.model_validate(session)
    view.is_current = True
    numbers = learner_standing.stored_numbers(user, learner, figures, clock.now())
    return Me(**account, permissions=permissions, session=view, flags=flags.all_for(caller), statistics=numbers)
