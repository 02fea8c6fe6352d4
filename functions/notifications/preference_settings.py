"""What a user wants to be told, shown and changed; time zone and language are changed in the account too."""

from lyceum.events.users import UserPreferencesChosen
from lyceum.kit.errors import Detail, PreconditionFailed, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.notifications.inbox import NotificationPreferences
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

from functions.notifications.channels import web_push
from functions.notifications.inbox import routing
from functions.notifications.kinds import CHANNELS, KINDS
from functions.notifications.preferences import ReaderPreferences
from functions.notifications.schemas import KindChannels, PreferencesView, QuietHours, UpdatePreferences


def show(caller: Principal) -> PreferencesView:
    """Show the caller's preferences with every default filled in (1 storage request)."""
    user, found = batch_fetch(
        [User.at(user_id=caller.user_id), NotificationPreferences.at(user_id=caller.user_id)], consistent=True
    )
    known = user if isinstance(user, User) else User(user_id=caller.user_id)
    return _view(known, ReaderPreferences.of(known, found))


def update(caller: Principal, wanted: UpdatePreferences, expect: int | None) -> PreferencesView:
    """Store the caller's preferences in place of the earlier ones, in one transaction with the account's.

    What was left by a link is chosen anew too. Raises ValidationFailed for a type that does not exist and
    PreconditionFailed when `expect` is not the stored version.
    """
    _require_kinds(wanted)
    name = NotificationPreferences.at(user_id=caller.user_id)
    quiet = wanted.quiet_hours
    values = {
        "user_id": caller.user_id,
        "channels": wanted.channels,
        "opted_out": None,
        "quiet_from": quiet and quiet.start,
        "quiet_until": quiet and quiet.until,
        "digest": wanted.digest,
        "daily_goal": wanted.daily_goal,
    }
    actions = [
        getattr(NotificationPreferences, key).remove()
        if value is None
        else getattr(NotificationPreferences, key).set(value)
        for key, value in values.items()
    ]
    unchanged = None if expect is None else NotificationPreferences.version == expect
    refuse = PreconditionFailed("These preferences were changed since you read them.")
    unit = Unit().change(name, *actions, when=unchanged, refuse=refuse, or_create=True)
    account = [
        getattr(User, key).set(value)
        for key in ("time_zone", "language")
        if (value := getattr(wanted, key)) is not None
    ]
    if wanted.time_zone is not None:
        account.append(User.has_own_zone.set(True))
    if account:
        unit.change(User.at(user_id=caller.user_id), *account, events=[UserPreferencesChosen(user_id=caller.user_id)])
    unit.commit()
    return show(caller)


def _require_kinds(wanted: UpdatePreferences) -> None:
    unknown = sorted(set(wanted.channels) - set(KINDS))
    if unknown:
        raise ValidationFailed(
            "Some types do not exist.",
            details=[Detail(f"channels.{name}", "There is no such type.") for name in unknown],
        )


def _view(user: User, preferences: ReaderPreferences) -> PreferencesView:
    chosen = preferences.chosen
    quiet = (
        QuietHours(start=chosen.quiet_from, until=chosen.quiet_until)
        if chosen.quiet_from and chosen.quiet_until
        else None
    )
    account = Preferences.of(user)
    types = [
        KindChannels(
            type=kind.type,
            channels=list(routing.channels_for(kind, preferences)),
            is_mandatory=kind.is_mandatory,
            is_urgent=kind.is_urgent,
        )
        for kind in KINDS.values()
    ]
    return PreferencesView(
        types=types,
        quiet_hours=quiet,
        digest=preferences.digest,
        daily_goal=int(chosen.daily_goal),
        is_on=account.notifications,
        study_time=account.study_time,
        time_zone=preferences.zone.key,
        language=preferences.language,
        available_channels=[channel for channel in CHANNELS if channel in settings().channels.split(",")],
        web_push_key=web_push.public_key(),
        version=int(chosen.version),
    )
