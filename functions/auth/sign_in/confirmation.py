"""A signed-in user proves again to be the one, with the password or the second factor."""

from lyceum.kit import clock
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.auth import Session

from functions.auth.credentials import passwords, two_factor
from functions.auth.credentials.user_secrets import read_user_secrets
from functions.auth.sign_in.schemas import Confirmation


def confirm(caller: Principal, given: Confirmation) -> None:
    """Note a proof on the caller's session: it opens for five minutes what a token alone does not.

    Raises RuleViolation for a wrong password, Unauthenticated for a wrong code and Locked after too many of either.
    """
    user_secrets, unit = read_user_secrets(caller.user_id), Unit()
    if given.password is not None:
        passwords.confirm(user_secrets, given.password.get_secret_value(), unit)
    elif given.code is not None:
        two_factor.prove(user_secrets, given.code, unit)
    session = Session.at(user_id=caller.user_id, session_id=caller.session_id)
    ended = Unauthenticated("Your session has ended. Sign in again.")
    unit.change(session, Session.proved_at.set(clock.now()), refuse=ended).commit()
