"""Where people are paid: by a name that a provider knows them by, stored sealed."""

from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.payouts import PayoutAccount
from lyceum.rules.payouts.schemas import AccountView, SetAccount
from lyceum.tasks.notifications import DeliverNotice

RECIPIENT = "payout-recipient"
_HINT = 4


def put(caller: Principal, user_id: str, currency: str, wanted: SetAccount) -> AccountView:
    """Say where one is paid in a currency, which nobody says for another; they are told of it by mail.

    What is on its way already goes where it was sent. Raises NotFound for another.
    """
    if caller.user_id != user_id:
        raise NotFound("There is no such account.")
    account = PayoutAccount(
        user_id=user_id,
        currency=currency,
        provider=wanted.provider,
        recipient=sealing.encrypt(RECIPIENT, wanted.recipient),
        hint=wanted.recipient[-_HINT:],
    )
    told = DeliverNotice(kind="seller.account", user_ids=[user_id], data={"currency": currency, "hint": account.hint})
    after = {"currency": currency, "provider": wanted.provider, "hint": account.hint}
    Unit().put(account, told).create(audit("seller.account_set", user_id, before={}, after=after)).commit()
    return view(account)


def view(account: PayoutAccount) -> AccountView:
    """Show where somebody is paid."""
    return AccountView(currency=account.currency, provider=account.provider, hint=account.hint)
