"""Makes the first administrator of a tenant: `python -m tools.first_admin dev ada@example.com [tenant]`.

The account is registered and its address proven as anybody's; then it becomes that of a super admin by the product's
own rule for roles, with its event and its audit. Afterwards super admins give roles.
"""

import sys

from infra.settings import UnfitSettings
from lyceum.kit import context
from lyceum.kit.errors import DomainError
from lyceum.kit.identity import Role
from lyceum.kit.table import find
from lyceum.kit.tenancy import directory
from lyceum.model.users.account import User
from lyceum.rules.sign_in_names import holder_of
from tools.stages import point_at

OPERATOR = "operator"
"""Who acts, in the audit."""
_REASON = "first administrator"


class NotMade(RuntimeError):
    """Nobody became an administrator; the message says why."""


def promote(email: str, *, needs_proof: bool = True) -> User:
    """Make the holder of an address a super admin of the current tenant, and return them; raises NotMade.

    That is refused when there is one already, and with `needs_proof` while nobody proved to hold the address.
    """
    from functions.users import account_admin

    first = find(User, index="gsi2", role=Role.SUPER_ADMIN.value, limit=1).items
    if first:
        raise NotMade(f"{first[0].email} is super admin already, and may give roles")
    user_id = holder_of(email)
    if user_id is None:
        raise NotMade(f"nobody has registered with {email}")
    if needs_proof and User.require(user_id=user_id).email_verified_at is None:
        raise NotMade(f"nobody has proven yet to hold {email}: enter the code that was sent there")
    return account_admin.make_first_admin(user_id, _REASON)


def main(stage_name: str, email: str, tenant: str = context.MAIN_TENANT) -> int:
    """Make the first administrator with the credentials at hand; returns the exit status."""
    try:
        stage = point_at(stage_name)
        if directory.named(tenant) is None:
            raise NotMade(f"there is no tenant {tenant}: make it first, by `make tenant`")
        with context.working(context.RequestContext(tenant=tenant, actor=OPERATOR, correlation_id=OPERATOR)):
            promote(email, needs_proof=bool(stage.mail_from))
    except (UnfitSettings, NotMade, DomainError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"· {email} is super admin of {tenant}; they sign in again to act as one\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
