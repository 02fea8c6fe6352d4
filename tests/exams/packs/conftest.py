"""A phone with an exam in a pack."""

import pytest

from tests.exams.conftest import Publisher
from tests.exams.packs.phones import RULES, Phone
from tests.support.http import Client


@pytest.fixture
def phone(publisher: Publisher, client: Client) -> Phone:
    """A phone with an exam of four questions that may be sat without a line."""
    return Phone(client.as_("student"), publisher.test(4, rules=RULES))
