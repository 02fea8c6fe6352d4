"""Sends one-time codes by e-mail or SMS, invitations and links that undo, and erases secrets.

It alone knows whether there is anybody to send a code to. A message that comes twice sends nothing more, or the same
code again if its worker died in between. An address that the mail or SMS service refuses for good is left; any other
failure lets the queue deliver the message again. Nothing here logs an address or a code.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.events.users import GuardianInvited, UserContactChangeRequested, UserInvited
from lyceum.kit import clock
from lyceum.kit.aws import clients, mail
from lyceum.kit.configuration import limits
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Message
from lyceum.kit.table import ConditionFailed, Unit, fetch_partition, find, find_all, remove_many
from lyceum.messages.catalogue import CodePurpose, code_text, words
from lyceum.messages.mails import code_mail, guardian_mail, invitation_mail, sender, undo_mail
from lyceum.model.auth import CodesSent, Credential, LinkedIdentity, LoginName, OneTimeCode, Passkey, UndoOffer
from lyceum.model.oauth import OAuthGrant
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.invitations import Invitation
from lyceum.rules import guardians, invitations, texts
from lyceum.rules.sign_in_names import fold, is_contact, is_phone
from lyceum.tasks.auth import EraseSecrets, RevokeAppGrants, SendCode, SendUndoLink

from functions.auth.client_context import short_hash
from functions.auth.credentials import one_time_codes, undo_offers
from functions.auth.federation import people

consumer = Consumer("auth-events")
handler = consumer.handler
logger = Logger()

_PAUSE = timedelta(seconds=30)
_TOGETHER = 50
_MOST_OF_ACCOUNT = 30
_MOST_UNPROVEN = 5
"""Codes a day: to all addresses of an account, and to an address that is not proven, whoever asks for them."""
_PERMANENT = frozenset(
    {"MessageRejected", "BadRequestException", "InvalidParameter", "InvalidParameterValue", "OptedOut"}
)


class CodeNotSent(RuntimeError):
    """The mail or SMS service could not take a message now; the queue delivers the event again."""


@consumer.on(UserContactChangeRequested, outside=True)
def confirm_new_contact(event: UserContactChangeRequested, _unit: Unit) -> None:
    """Send the code that proves a new address or number to it."""
    user = User.fetch(user_id=event.user_id, consistent=True)
    target = user and (user.wanted_email if event.what == "email" else user.wanted_phone)
    if user and target:
        _send_new_code(user, "change_email" if event.what == "email" else "change_phone", target, event)


@consumer.on(UserInvited, outside=True)
def invite(event: UserInvited, _unit: Unit) -> None:
    """Mail an invitation with the token that accepts it."""
    invitation = Invitation.fetch(invitation_id=event.invitation_id, consistent=True)
    if invitation and invitations.is_open(invitation, clock.now()):
        written = invitation_mail(
            invitation.language,
            role=invitation.role,
            token=invitations.token_of(invitation),
            ends_at=invitation.expires_at,
        )
        _try(lambda: mail.send(invitation.email, written, sender=sender(), purpose="invitation"), "invitation")


@consumer.on(GuardianInvited, outside=True)
def invite_guardian(event: GuardianInvited, _unit: Unit) -> None:
    """Mail the token that makes somebody a guardian; an address gets a few a day, whoever names it."""
    link = Guardianship.fetch(child_id=event.child_id, guardian_id=event.guardian_id, consistent=True)
    if link is None or link.email is None or not guardians.is_open(link):
        return
    address, unit = link.email, Unit()
    _count(unit, _to_unproven(address), _MOST_UNPROVEN)
    try:
        unit.commit()
    except _EnoughToday:
        logger.warning("enough invitations for today", extra={"purpose": "guardian"})
        return
    written = guardian_mail(link.language, token=guardians.token_of(link), ends_at=link.expires_at)
    _try(lambda: mail.send(address, written, sender=sender(), purpose="guardian"), "guardian")


@consumer.on(SendCode, outside=True)
def send_code(task: SendCode, _unit: Unit) -> None:
    """Send the code that somebody asked for, or nothing when the name is nobody's or may not get one."""
    user = _owner(task)
    if user is None or user.status_at(clock.now()) != "active":
        return
    if task.purpose == "second_step":
        proven = _reachable(user, task)
        if proven:
            digits = one_time_codes.second_step_digits(user.user_id, task.challenge_id or "")
            _deliver(user, "second_step", proven, digits)
        return
    if task.purpose == "second_factor":
        proven = _reachable(user, task)
        if proven:
            _send_new_code(user, "second_factor", proven, task)
        return
    target = _target(user, task)
    if target and _is_wanted(user, task, target):
        _send_new_code(user, task.purpose, target, task, task.requester)


@consumer.on(SendUndoLink, outside=True)
def send_undo_link(task: SendUndoLink, _unit: Unit) -> None:
    """Tell the address from before a change of it, with the link that undoes it."""
    made = UndoOffer.fetch(user_id=task.user_id, undo_id=task.undo_id, consistent=True)
    user = User.fetch(user_id=task.user_id, consistent=True)
    if made is None or user is None or made.expires_at <= clock.now():
        return
    link = undo_offers.link(made)
    if is_phone(made.target):
        text = f"Lyceum: {words(user.language, f'undo.{made.what}')} {words(user.language, 'undo.how')} {link}"
        _try(lambda: texts.send(user.user_id, made.target, text), "undo")
    else:
        written = undo_mail(user.language, made.what, name=user.first_name, link=link, ends_at=made.expires_at)
        _try(lambda: mail.send(made.target, written, sender=sender(), purpose="undo"), "undo")


@consumer.on(EraseSecrets, outside=True)
def erase_secrets(task: EraseSecrets, _unit: Unit) -> None:
    """Remove everything secret of an account that was erased, unless the account is there still."""
    if User.fetch(user_id=task.user_id, consistent=True) is None:
        secrets = fetch_partition(Credential, consistent=True, user_id=task.user_id)
        guards = [people.guard_of(each.issuer, each.subject) for each in secrets if isinstance(each, LinkedIdentity)]
        guards += [people.guard_of("passkey", each.credential_id) for each in secrets if isinstance(each, Passkey)]
        remove_many([*guards, *secrets])
        remove_many(find_all(OAuthGrant, user_id=task.user_id))


@consumer.paged(RevokeAppGrants)
def revoke_app_grants(task: RevokeAppGrants, unit: Unit) -> dict[str, Any] | None:
    """Remove some of what people let an app do that was uninstalled; its tokens are worth nothing already."""
    found = find(
        OAuthGrant, index="gsi1", client_id=task.client_id, shard=task.shard, limit=_TOGETHER, after=task.after
    )
    for grant in found.items:
        if grant.created_at <= task.before:
            unit.remove(grant)
    return found.last_key


def _owner(task: SendCode) -> User | None:
    if task.user_id:
        return User.fetch(user_id=task.user_id, consistent=True)
    owner = LoginName.fetch(name=task.identifier or "", consistent=True)
    return User.fetch(user_id=owner.user_id, consistent=True) if owner else None


def _reachable(user: User, task: SendCode) -> str | None:
    """Return the proven address or number of the channel that a task names, or else of the preferred one."""
    channel = task.channel or one_time_codes.channel_of(user)
    return one_time_codes.proven(user).get(channel) if channel else None


def _target(user: User, task: SendCode) -> str | None:
    """Return where a code goes: to the address or number that was named, or to the preferred one for a username.

    A sign-in code goes to what was proven and nowhere else.
    """
    known = [each for each in (user.email, user.phone) if each]
    proven = list(one_time_codes.proven(user).values())
    allowed = proven if task.purpose == "sign_in" else [*proven, *known]
    named = [each for each in allowed if fold(each) == task.identifier]
    return next(iter(named or ([] if is_contact(task.identifier or "") else allowed)), None)


def _is_wanted(user: User, task: SendCode, target: str) -> bool:
    """Say whether a code may be sent there: something is left to prove, and the number is not too new for its purpose.

    A number that was just changed resets no password and signs nobody in for a while: whoever took an account over
    may have put it there.
    """
    if task.purpose == "verify":
        return (user.phone_verified_at if is_phone(target) else user.email_verified_at) is None
    if task.purpose in {"reset", "sign_in"} and is_phone(target) and user.phone_changed_at:
        return bool(clock.now() - user.phone_changed_at >= timedelta(hours=limits.value("phone_cooldown_hours")))
    return True


def _send_new_code(
    user: User, purpose: one_time_codes.Purpose, target: str, cause: Message, requester: str | None = None
) -> None:
    now = clock.now()
    expires = cause.at + one_time_codes.GOOD_FOR
    code = OneTimeCode(
        user_id=user.user_id, purpose=purpose, code_id=cause.event_id, target=target, sent_at=now, expires_at=expires
    )
    actions = [
        getattr(OneTimeCode, name).set(getattr(code, name))
        for name in ("user_id", "purpose", "code_id", "target", "sent_at", "expires_at")
    ]
    actions += [OneTimeCode.tries.set(0), OneTimeCode.tries_of_others.set(0)]
    actions += [OneTimeCode.ttl.set(int(expires.timestamp()))]
    actions += [OneTimeCode.requester.set(requester) if requester else OneTimeCode.requester.remove()]
    free = OneTimeCode.pk.does_not_exist() | (
        ((OneTimeCode.sent_at < now - _PAUSE) | (OneTimeCode.target != target))
        & (OneTimeCode.code_id != cause.event_id)
    )
    name = OneTimeCode.at(user_id=user.user_id, purpose=purpose)
    try:
        unit = Unit().change(name, *actions, when=free, or_create=True)
        for count, most in _counts(user, target):
            _count(unit, count, most)
        unit.commit()
    except _EnoughToday:
        logger.warning("enough codes for today", extra={"purpose": purpose})
        return
    except ConditionFailed as failure:
        if failure.item is None or failure.item["code_id"]["S"] != cause.event_id:
            logger.info("code asked for too soon after another", extra={"purpose": purpose})
            return
    _deliver(user, "second_step" if purpose == "second_factor" else purpose, target, one_time_codes.digits(code))


class _EnoughToday(Conflict):
    """An account or an address got as many codes as it may get in a day."""


def _counts(user: User, target: str) -> list[tuple[CodesSent, int]]:
    """Name what a code is counted by, with the most of a day; many accounts together flood no unproven address."""
    day = clock.iso(clock.now())[:10]
    counts = [(CodesSent.at(subject=f"codes-{user.user_id}", day=day), _MOST_OF_ACCOUNT)]
    if target not in one_time_codes.proven(user).values():
        counts.append((_to_unproven(target), _MOST_UNPROVEN))
    return counts


def _to_unproven(target: str) -> CodesSent:
    return CodesSent.at(subject=f"codes-{short_hash(fold(target))}", day=clock.iso(clock.now())[:10])


def _count(unit: Unit, count: CodesSent, most: int) -> None:
    ends = int((clock.now() + timedelta(days=2)).timestamp())
    fixed = [CodesSent.subject.set(count.subject), CodesSent.day.set(count.day), CodesSent.ttl.set(ends)]
    is_free = CodesSent.pk.does_not_exist() | (CodesSent.sent < most)
    unit.change(
        count, CodesSent.sent.add(1), *fixed, when=is_free, refuse=_EnoughToday("Enough for today."), or_create=True
    )


def _deliver(user: User, purpose: CodePurpose, target: str, digits: str) -> None:
    if is_phone(target):
        _try(lambda: texts.send(user.user_id, target, code_text(user.language, purpose, digits)), purpose)
    else:
        minutes = one_time_codes.GOOD_FOR // timedelta(minutes=1)
        name = user.first_name if target in one_time_codes.proven(user).values() else None
        written = code_mail(user.language, purpose, name=name, code=digits, minutes=minutes)
        _try(lambda: mail.send(target, written, sender=sender(), purpose=purpose), purpose)


def _try(send: Callable[[], object], purpose: str) -> None:
    try:
        send()
    except texts.TextRefused as reason:
        logger.warning("text not sent", extra={"purpose": purpose, "reason": str(reason)})
    except Exception as error:
        code = clients.error_code(error) or type(error).__name__
        if code not in _PERMANENT:
            raise CodeNotSent(code) from None  # what caused it may name the address
        logger.warning("code refused", extra={"purpose": purpose, "code": code})
