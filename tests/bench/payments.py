"""Money: plans, a checkout, a subscription, what somebody has, the books; providers answer in process."""

import json
from functools import partial
from unittest.mock import patch

from local.payment_providers import keys as local_keys
from local.payments.providers import Providers
from lyceum.kit import ids
from lyceum.rules.providers import calls, keys
from tests.bench.requests import rows_of
from tests.payments.conftest import HOME, Outside, plan
from tests.support.http import Client, Reply

_ORDER = {"provider": "paystack", "currency": "NGN", "planId": "plus-monthly"}


def table(client: Client) -> list[str]:
    """Measure and return the rows of a Markdown table."""
    outside, known = Outside(Providers(HOME)), keys.parse(json.dumps(local_keys(HOME)))
    with patch.object(calls, "outside", lambda: outside), patch.object(keys, "_read", lambda: known):
        return _rows(client)


def _rows(client: Client) -> list[str]:
    plan()
    student, admin = client.as_("student"), client.as_("admin")
    _buy(client, "/api/payments/initialize", student)
    named = {
        "GET /api/plans": partial(client.get, "/api/plans"),
        "POST /api/payments/initialize": partial(_buy, client, "/api/payments/initialize"),
        "GET /api/payments": partial(student.get, "/api/payments"),
        "POST /api/subscriptions": partial(_buy, client, "/api/subscriptions"),
        "GET /api/subscriptions/current": partial(student.get, "/api/subscriptions/current"),
        "GET /api/admin/ledger/trial-balance": partial(admin.get, "/api/admin/ledger/trial-balance"),
    }
    return rows_of("payments", named)


def _buy(client: Client, path: str, buyer: Client | None = None) -> Reply:
    """Order as somebody new: how often one orders is limited."""
    return (buyer or client.as_(ids.new_id().lower(), "student")).post(path, _ORDER)
