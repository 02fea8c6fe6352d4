"""The list of all accounts, and the search by the beginning of a name."""

from lyceum.kit import clock
from lyceum.kit.http import Page
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.kit.values.text import without_accents
from lyceum.model.users.account import User
from lyceum.model.users.directory import DirectoryTerm, UserCount

from functions.users.schemas import UserFilter, UserRow

_LAST_CHARACTER = "\U0010ffff"
SLOTS = ("name", "surname", "username", "email")
_CHARACTERS = 200
"""Of a text in an index key, which may have 1024 bytes."""


def page(query: UserFilter) -> Page[UserRow]:
    """Return a page of accounts in the order of last names, or of the texts that were found: two requests at the most.

    The total is told of all accounts or of one role, which are counted; not of a status, which time changes too. A page
    may be shorter than asked for while there is another.
    """
    if query.query is not None:
        return query.page(_search(query, normalised(query.query)), row)
    found = _listed(query)
    is_counted = query.status is None and query.tier is None
    total = int((UserCount.fetch(group=query.role or "all") or UserCount()).total) if is_counted else None
    return query.page(found, row, total=total)


def row(user: User) -> UserRow:
    """Show an account in the list."""
    shown = {name: getattr(user, name) for name in UserRow.model_fields} | {"status": user.status_at(clock.now())}
    return UserRow.model_validate(shown)


def _listed(query: UserFilter) -> Slice[User]:
    now = clock.now()
    is_over = User.suspended_until.exists() & (User.suspended_until <= now)
    where = {
        None: User.status != "deleted",
        "active": (User.status == "active") | ((User.status == "suspended") & is_over),
        "suspended": (User.status == "suspended")
        & (User.suspended_until.does_not_exist() | (User.suspended_until > now)),
        "deleted": User.status == "deleted",
    }[query.status]
    if query.tier is not None:
        where &= User.tier == query.tier
    if query.role is None:
        return find(User, index="gsi1", limit=query.limit, after=query.start_key(), where=where)
    return find(User, index="gsi2", limit=query.limit, after=query.start_key(), where=where, role=query.role.value)


def _search(query: UserFilter, beginning: str) -> Slice[User]:
    found = find(
        DirectoryTerm,
        index="gsi1",
        limit=query.limit,
        after=query.start_key(),
        from_sort=beginning,
        to_sort=beginning + _LAST_CHARACTER,
    )
    users = batch_fetch([User.at(user_id=entry.user_id) for entry in found.items])
    hits = [
        user
        for entry, user in zip(found.items, users, strict=True)
        if isinstance(user, User) and _is_hit(entry, user, beginning)
    ]
    return Slice([user for user in hits if _fits(user, query)], found.last_key)


def _is_hit(entry: DirectoryTerm, user: User, beginning: str) -> bool:
    """Say whether an entry is the first by which this search finds the user, so that nobody is listed twice."""
    matching = [(term, slot) for slot, term in terms_of(user).items() if term.startswith(beginning)]
    return bool(matching) and (entry.term, entry.slot) == min(matching)


def _fits(user: User, query: UserFilter) -> bool:
    status = user.status_at(clock.now())
    is_wanted = status != "deleted" if query.status is None else status == query.status
    return is_wanted and query.role in {None, user.role} and query.tier in {None, user.tier}


def normalised(text: str) -> str:
    """Write a text as the directory has it, and as one looks for it there: whoever types no accents finds them too."""
    return without_accents(text)[:_CHARACTERS]


def terms_of(user: User) -> dict[str, str]:
    """Return the texts that a user is found by, each in its slot."""
    texts = (f"{user.first_name} {user.last_name}", f"{user.last_name} {user.first_name}", user.username, user.email)
    return {slot: normalised(text) for slot, text in zip(SLOTS, texts, strict=True) if text}


def entries(user: User) -> list[DirectoryTerm]:
    """Return a user's entries in the directory."""
    return [DirectoryTerm(user_id=user.user_id, slot=slot, term=term) for slot, term in terms_of(user).items()]


def update_entries(user_id: str, user: User | None, unit: Unit) -> None:
    """Make the directory say of a user what is true now, whatever it said before; one who is gone has no entries."""
    kept = entries(user) if user is not None and user.status != "deleted" else []
    for entry in kept:
        unit.put(entry)
    for slot in set(SLOTS) - {entry.slot for entry in kept}:
        unit.remove(DirectoryTerm.at(user_id=user_id, slot=slot))
