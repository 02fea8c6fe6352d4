"""Cards for pupils without an e-mail address: an account, a username and a PIN, issued by their class's teacher."""

import unicodedata

from lyceum.events.auth import SessionsEnded
from lyceum.events.users import UserRegistered
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Permission, Principal, hashing, require_owner
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.audit import audit
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from lyceum.model.users.classes import ClassMember, Classroom, JoinCode, PinCard
from lyceum.rules import sign_in_names
from lyceum.rules.sessions import renew_rights

from functions.users.joining.schemas import Card, Cards, IssueCards, NewPupil

_CODE_CHARACTERS = 8
_USERNAME_STEM = 20


def issue(caller: Principal, wanted: IssueCards) -> Cards:
    """Make cards for new pupils and for pupils whose PIN is lost, all of them or none, in one transaction.

    Whoever gets a new PIN is signed out. Raises NotFound for a class that is not the caller's and for a pupil who has
    no card of that class, Conflict for a username that is taken.
    """
    unit = Unit()
    classroom = (
        _open_class(caller, wanted.class_name, unit) if wanted.class_name else _own_class(caller, wanted.class_id)
    )
    cards = [_add_pupil(classroom, pupil, wanted.language, unit) for pupil in wanted.pupils]
    cards += [_reset(classroom, user, unit) for user in _holders(wanted.reset)]
    unit.create(
        audit("cards.issue", classroom.class_id, before={}, after={"userIds": [card.user_id for card in cards]})
    )
    unit.commit()
    return Cards(class_id=classroom.class_id, class_name=classroom.name, join_code=classroom.join_code, cards=cards)


def _open_class(caller: Principal, name: str, unit: Unit) -> Classroom:
    classroom = Classroom(
        class_id=ids.new_id(), teacher_id=caller.user_id, name=name, join_code=ids.new_code(_CODE_CHARACTERS)
    )
    unit.create(classroom).create(JoinCode(join_code=classroom.join_code, class_id=classroom.class_id))
    return classroom


def _own_class(caller: Principal, class_id: str | None) -> Classroom:
    classroom = Classroom.require(class_id=class_id)
    require_owner(caller, classroom.teacher_id, "class", Permission.MANAGE_USERS)
    return classroom


def _add_pupil(classroom: Classroom, pupil: NewPupil, language: str, unit: Unit) -> Card:
    user = User(
        user_id=ids.new_id(),
        username=pupil.username or _new_username(pupil),
        first_name=pupil.first_name,
        last_name=pupil.last_name,
        role="student",
        is_verified=True,
        language=language,
    )
    taken = Conflict(f"The username {user.username} is taken.", code="USERNAME_TAKEN")
    unit.create(user, UserRegistered(user_id=user.user_id, role="student"))
    unit.create(LoginName(name=sign_in_names.fold(user.username), user_id=user.user_id), refuse=taken)
    unit.create(ClassMember(class_id=classroom.class_id, user_id=user.user_id))
    pin = hashing.new_pin()
    card = PinCard(
        user_id=user.user_id, class_id=classroom.class_id, join_code=classroom.join_code, issued_at=clock.now()
    )
    card.pin_hash = hashing.hash_pin(pin)
    unit.create(card)
    return _card(user, pin)


def _new_username(pupil: NewPupil) -> str:
    """Make a username that can be typed on any keyboard: the names' plain letters and four random characters."""
    plain = unicodedata.normalize("NFKD", f"{pupil.first_name}.{pupil.last_name}").casefold()
    stem = "".join(letter for letter in plain if letter == "." or (letter.isascii() and letter.isalnum())).strip(".")
    return f"{stem[:_USERNAME_STEM] or 'pupil'}.{ids.new_code(4).lower()}".replace("..", ".")


def _holders(user_ids: list[str]) -> list[User]:
    names = [User.at(user_id=user_id) for user_id in user_ids]
    found = [user for user in batch_fetch(names, consistent=True) if isinstance(user, User)]
    if len(found) < len(user_ids) or any(user.status == "deleted" for user in found):
        raise _no_card()
    return found


def _reset(classroom: Classroom, user: User, unit: Unit) -> Card:
    """Give a pupil of the class another PIN.

    Only accounts that came into being by a card get one, so that nobody's own is taken over.
    """
    pin = hashing.new_pin()
    unit.check(ClassMember.at(class_id=classroom.class_id, user_id=user.user_id), Entity.pk.exists(), refuse=_no_card())
    unit.change(
        PinCard.at(user_id=user.user_id),
        PinCard.pin_hash.set(hashing.hash_pin(pin)),
        PinCard.issued_at.set(clock.now()),
        when=PinCard.class_id == classroom.class_id,
        refuse=_no_card(),
    )
    unchanged = User.permissions_version == user.permissions_version
    unit.put(renew_rights(user, ends_sessions=True), SessionsEnded(user_id=user.user_id))
    unit.change(
        user,
        User.permissions_version.set(user.permissions_version),
        User.refreshable_from.set(user.refreshable_from),
        when=unchanged,
        refuse=Conflict("This pupil's account was changed meanwhile.", code="EDIT_CONFLICT"),
    )
    return _card(user, pin)


def _no_card() -> NotFound:
    return NotFound("One of the pupils has no card of this class.")


def _card(user: User, pin: str) -> Card:
    return Card(
        user_id=user.user_id, username=user.username, first_name=user.first_name, last_name=user.last_name, pin=pin
    )
