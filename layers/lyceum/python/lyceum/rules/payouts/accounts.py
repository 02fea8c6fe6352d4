"""Where people are paid: by a name that a provider knows them by, stored sealed."""

from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.payouts import PayoutAccount
from lyceum.rules.payouts.schemas import AccountView, SetAccount
from lyceum.tasks.notifications import DeliverNotice

RECIPIENT = "payout-recipient"
_HINT = 4


def put(user_id: str, currency: str, wanted: SetAccount) -> AccountView:
    """Say where somebody is paid in a currency; they are told of it by mail.

    What is on its way already goes where it was sent.
    """
    account = PayoutAccount(
        user_id=user_id,
        currency=currency,
        provider=wanted.provider,
        recipient=sealing.encrypt(RECIPIENT, wanted.recipient),
        hint=wanted.recipient[-_HINT:],
    )
    told = DeliverNotice(kind="seller.account", user_ids=[user_id], data={"currency": currency, "hint": account.hint})
    Unit().put(account, told).commit()
    return view(account)


def view(account: PayoutAccount) -> AccountView:
    """Show where somebody is paid."""
    return AccountView(currency=account.currency, provider=account.provider, hint=account.hint)
