"""Everything of one tenant, as storage holds it: looked through, written elsewhere, removed.

Items of a tenant stand nowhere together, so the whole table is looked through, and paid for. It is for the rare jobs
that move tenants, never for a request.
"""

from collections.abc import Sequence
from typing import Any

from lyceum.kit.table.entity import Entity
from lyceum.kit.table.writing import send_batches

Raw = dict[str, Any]
MOST_LOOKED_AT = 1000
"""Items that one request looks at, of whichever tenant."""


def look_through(tenant: str, after: Raw | None, *, consistent: bool = False) -> tuple[list[Raw], Raw | None]:
    """Return the tenant's items among the next thousand of the table, and where to go on from (1 request)."""
    table = Entity._get_connection()
    asked: Raw = {
        "TableName": table.table_name,
        "Limit": MOST_LOOKED_AT,
        "FilterExpression": "begins_with(PK, :tenant)",
        "ExpressionAttributeValues": {":tenant": {"S": f"{tenant}|"}},
        "ConsistentRead": consistent,
        **({"ExclusiveStartKey": after} if after else {}),
    }
    answer = table.connection._make_api_call("Scan", asked)
    return answer["Items"], answer.get("LastEvaluatedKey")


def put_all(items: Sequence[Raw]) -> None:
    """Store items as they are, in batches of 25, whatever is there."""
    send_batches([{"PutRequest": {"Item": item}} for item in items])


def remove_all(items: Sequence[Raw]) -> None:
    """Remove items by their keys, in batches of 25."""
    send_batches([{"DeleteRequest": {"Key": {"PK": item["PK"], "SK": item["SK"]}}} for item in items])
