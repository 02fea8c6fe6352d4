"""Proof of an address or a number, and what it ends: whoever was there before the proof may be somebody else."""

from lyceum.events.users import UserVerified
from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from lyceum.rules.sign_in_names import fold

from functions.auth.credentials import one_time_codes
from functions.auth.credentials.one_time_codes import SpentCode
from functions.auth.credentials.user_secrets import read_user_secrets
from functions.auth.sign_in import sessions


def confirm(
    unit: Unit, user: User, spent: SpentCode, *, kept_session_id: str | None = None, is_reset: bool = False
) -> None:
    """Use a code up and note that the address it was sent to is the user's; one that was changed is refused.

    An account may have been made with an address of somebody else, and with a number of one's own. So

    - a first proof ends every session but the one in which it is given, `kept_session_id`
    - a first proof outside of any session, or by a reset, drops the other contact, proven or not
    - a reset by an address that was proven before drops the other contact when it was not
    - both drop an address or number that was only wanted
    """
    one_time_codes.use_up(spent, unit)
    mine, other = ("email", "phone") if spent.channel == "email" else ("phone", "email")
    is_first = getattr(user, f"{mine}_verified_at") is None
    if not is_first and not is_reset:
        return
    actions = []
    is_strangers = kept_session_id is None and getattr(user, other) is not None
    if is_strangers and (is_first or getattr(user, f"{other}_verified_at") is None):
        actions += [getattr(User, name).remove() for name in (other, f"{other}_verified_at")]
        name = LoginName.at(name=fold(getattr(user, other)))
        unit.remove(name, when=LoginName.pk.does_not_exist() | (LoginName.user_id == user.user_id))
    if kept_session_id is None:
        actions += [User.wanted_email.remove(), User.wanted_phone.remove()]
    events = []
    if is_first:
        actions.append(getattr(User, f"{mine}_verified_at").set(clock.now()))
        events.append(UserVerified(user_id=user.user_id, what="email" if mine == "email" else "phone"))
        end_other_sessions(unit, user.user_id, kept_session_id)
    act = audit(f"{mine}.prove", user.user_id, before={}, after={"first": is_first, "reset": is_reset})
    act.actor_id = user.user_id  # whoever holds the address, signed in or not
    unit.create(act)
    when = getattr(User, mine) == spent.code.target
    unit.change(user, *actions, when=when, events=events, refuse=one_time_codes.wrong())


def end_other_sessions(unit: Unit, user_id: str, kept_session_id: str | None) -> None:
    """End every session of a user but the one that is kept, in the caller's transaction (1 storage request)."""
    for key in read_user_secrets(user_id).sessions:
        if key.session_id != kept_session_id:
            sessions.end(unit, user_id, key.session_id, "proof")
