"""What links an account to identities elsewhere; the last way in is never taken away."""

from lyceum.events.auth import WayInChanged
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, find
from lyceum.model.audit import audit
from lyceum.model.auth import LinkedIdentity

from functions.auth.credentials.user_secrets import UserSecrets, read_user_secrets
from functions.auth.federation import people
from functions.auth.federation.schemas import LinkView

_MOST = 100


def of_person(caller: Principal) -> list[LinkView]:
    """List the identities that the caller's account is linked to (1 storage request)."""
    found = find(LinkedIdentity, user_id=caller.user_id, limit=_MOST).items
    return [LinkView.model_validate(each) for each in found]


def unlink(caller: Principal, provider: str) -> None:
    """Take a link away (2 reads and 1 transaction).

    A password, a passkey or another link has to be left, and is demanded to be there as the link goes; codes to an
    address are no way in by themselves, since the address may be the provider's own. Raises Conflict LAST_WAY_IN
    and NotFound.
    """
    user_secrets = read_user_secrets(caller.user_id)
    gone = next((each for each in user_secrets.links if each.provider == provider), None)
    if gone is None:
        raise NotFound("There is no such link.")
    last = Conflict("This is your last way in. Set a password or add a passkey first.", code="LAST_WAY_IN")
    other = another_way(user_secrets, gone)
    if other is None:
        raise last
    unit = Unit().remove(gone, when=LinkedIdentity.pk.exists(), refuse=NotFound("There is no such link."))
    unit.check(other, Entity.pk.exists(), refuse=last)
    unit.remove(people.guard_of(gone.issuer, gone.subject))
    send(unit, WayInChanged(user_id=caller.user_id, change="identity_unlinked", label=gone.provider_name))
    unit.create(audit("identity.unlink", caller.user_id, before={"provider": provider}, after={})).commit()


def another_way(user_secrets: UserSecrets, gone: Entity) -> Entity | None:
    """Return a way in that is left when one goes, or None."""
    others: list[Entity] = [each for each in (*user_secrets.links, *user_secrets.passkeys) if each is not gone]
    return user_secrets.credential or next(iter(others), None)
