"""Requests for every declared route, made from its path alone: for the generated suites."""

import re

from lyceum.kit import ids
from lyceum.kit.http import Route
from tests.support.http import Client, Reply


def call(client: Client, route: Route) -> Reply:
    """Call a route with well-formed ids of things that do not exist and, where one is taken, an empty body."""
    path = re.sub(r"\{(\w+)\}", lambda _: ids.new_id(), route.path)
    body = {} if route.method in {"POST", "PUT", "PATCH"} else None
    return client.send(route.method, path, body)
