"""What stands around a payment, as it is read before something follows from it."""

from dataclasses import dataclass

from lyceum.kit.table import fetch_many
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.sales import OfferPurchase, Sale
from lyceum.model.payments.orders import Customer, Payment
from lyceum.model.payments.subscriptions import LiveSubscription, Subscription


@dataclass
class Around:
    """What stands around a payment, as it was read."""

    customer: Customer
    right: Entitlement | None
    subscription: Subscription | None
    live: LiveSubscription | None
    sale: Sale | None = None
    purchase: OfferPurchase | None = None


def read(payment: Payment) -> Around:
    """Read what stands around a payment (1 request, 2 of an offer)."""
    customer, right, live, subscription = fetch_many(
        Customer.at(user_id=payment.user_id),
        Entitlement.at(user_id=payment.user_id, product=payment.product),
        LiveSubscription.at(user_id=payment.user_id),
        Subscription.at(user_id=payment.user_id, subscription_id=payment.subscription_id or "none"),
        consistent=True,
    )
    around = Around(customer or Customer(user_id=payment.user_id), right, subscription, live)
    if payment.offer_id:
        around.sale, around.purchase = fetch_many(
            Sale.at(payment_id=payment.payment_id),
            OfferPurchase.at(user_id=payment.user_id, offer_id=payment.offer_id),
            consistent=True,
        )
    return around
