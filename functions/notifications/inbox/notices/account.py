"""What happened to an account: sign-ins, passwords, sessions, second factors, passkeys, links."""

from lyceum.events.auth import LoginSuspicious, PasswordChanged, SessionRevoked, TwoFactorChanged, WayInChanged
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import Phrase

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import notify


def tell_of_sign_in(event: LoginSuspicious, unit: Unit) -> None:
    """Tell a user of a sign-in that looks unlike the others."""
    notify(kinds.NEW_SIGN_IN, event, event.user_id, {"device": event.device or ""}, unit, at=event.at)


def tell_of_password(event: PasswordChanged, unit: Unit) -> None:
    """Tell a user that the password was changed."""
    notify(kinds.PASSWORD_CHANGED, event, event.user_id, {}, unit, at=event.at)


def tell_of_stolen_session(event: SessionRevoked, unit: Unit) -> None:
    """Tell a user of a session that ended because its token came twice; other endings are the user's own doing."""
    if event.reason == "reuse":
        notify(kinds.SESSION_STOLEN, event, event.user_id, {}, unit)


def tell_of_second_factor(event: TwoFactorChanged, unit: Unit) -> None:
    """Tell a user that the second factor has changed."""
    what = Phrase(f"two_factor.{event.change}")
    notify(kinds.TWO_FACTOR, event, event.user_id, {"change": event.change}, unit, what=what, at=event.at)


def tell_of_way_in(event: WayInChanged, unit: Unit) -> None:
    """Tell a user that a passkey or a link to an identity provider came or went."""
    what, data = Phrase(f"way_in.{event.change}"), {"change": event.change}
    notify(kinds.WAY_IN, event, event.user_id, data, unit, what=what, label=event.label, at=event.at)
