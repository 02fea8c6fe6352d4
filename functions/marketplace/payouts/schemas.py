"""What callers send and get of payouts."""

from lyceum.kit.http import Request
from lyceum.kit.values.money import Currency

from functions.marketplace.offers.schemas import Minor


class ProcessSellers(Request):
    """Whom to pay: everybody who is owed at least so much in a currency.

    - `threshold`: minor units of `currency`.
    """

    currency: Currency
    threshold: Minor
