"""Figures of the product's own work, folded from what its functions tell: in each tenant its own, in the main one all.

No item names a person: callers are counted by kind, and failures are known by type and place.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Exact, Keys, Moment
from lyceum.kit.telemetry.collector import BOUNDS_MS

CLASSES = tuple(f"class_{number:02d}" for number in range(len(BOUNDS_MS) + 1))


class DurationCounts:
    """How many lasted how long, in the classes of `lyceum.kit.telemetry.collector.BOUNDS_MS`, and the longest."""

    total = NumberAttribute(default=0)
    max_ms = Exact(default=0)
    class_00 = NumberAttribute(default=0)
    class_01 = NumberAttribute(default=0)
    class_02 = NumberAttribute(default=0)
    class_03 = NumberAttribute(default=0)
    class_04 = NumberAttribute(default=0)
    class_05 = NumberAttribute(default=0)
    class_06 = NumberAttribute(default=0)
    class_07 = NumberAttribute(default=0)
    class_08 = NumberAttribute(default=0)
    class_09 = NumberAttribute(default=0)
    class_10 = NumberAttribute(default=0)
    class_11 = NumberAttribute(default=0)

    @property
    def classes(self) -> list[int]:
        """The counts of all classes, the quickest first."""
        return [int(getattr(self, name)) for name in CLASSES]


class ApiUsage(DurationCounts, Entity, discriminator="api_usage"):
    """Calls of one route on a day (UTC), kept for ninety days.

    - `failed`: answered 5xx.
    - `refused`: 4xx.
    - `anonymous`, `signed_in`: by kind of caller.
    - `storage_requests`, `units`, `answer_bytes`: of all calls together.
    """

    keys = Keys("APIUSAGE#{day}", "{route}")
    noun = "usage"

    day = UnicodeAttribute()
    route = UnicodeAttribute()
    failed = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    anonymous = NumberAttribute(default=0)
    signed_in = NumberAttribute(default=0)
    storage_requests = NumberAttribute(default=0)
    units = Exact(default=0)
    answer_bytes = NumberAttribute(default=0)


class StorageShape(DurationCounts, Entity, discriminator="storage_shape"):
    """Storage calls of one shape on a day (UTC), kept for thirty days.

    - `shape`: operation, key families and index, such as `Query EXAM# GSI1`.
    - `total` and the classes: all calls, of which the ordinary ones are counted by a sample.
    - `slow`: longer than 100 ms.
    - `costly`: more than 10 capacity units; each counted one by one.
    """

    keys = Keys("STORAGESHAPE#{day}", "{shape}")
    noun = "shape"

    day = UnicodeAttribute()
    shape = UnicodeAttribute()
    slow = NumberAttribute(default=0)
    costly = NumberAttribute(default=0)
    units = Exact(default=0)
    max_units = Exact(default=0)


class ErrorGroup(Entity, discriminator="error_group"):
    """Unforeseen failures of one kind; gone ninety days after the latest.

    - `fingerprint`: of type, place and route or worker.
    - `type`: of the exception.
    - `place`: the innermost file and function of ours.
    - `where`: route, worker or job.
    - `code`: with which a service refused, if one did.
    - `frames`: of the latest case, our own alone.
    - `correlation_id`: of its request, which finds its log lines.
    - `state`: open, resolved, ignored or regressed (seen again after it was resolved).
    """

    keys = Keys("ERRORGROUP#all", "{fingerprint}")
    noun = "error"

    fingerprint = UnicodeAttribute()
    type = UnicodeAttribute()
    place = UnicodeAttribute()
    where = UnicodeAttribute()
    function = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    frames: Any = JSONAttribute(default=list)
    correlation_id = UnicodeAttribute(null=True)
    total = NumberAttribute(default=0)
    first_at = Moment()
    last_at = Moment()
    state = UnicodeAttribute(default="open")
    resolved_at = Moment(null=True)
    regressed_at = Moment(null=True)
    note = UnicodeAttribute(null=True)


class DayCount(Entity, discriminator="day_count"):
    """How often something happened on a day (UTC): `cache.tenants.hit`, `flag.new-editor.on`, kept for ninety days."""

    keys = Keys("DAYCOUNT#{day}", "{name}")
    noun = "count"

    day = UnicodeAttribute()
    name = UnicodeAttribute()
    total = NumberAttribute(default=0)


class EntityCount(Entity, discriminator="entity_count"):
    """How many items of a kind were made and removed since counting began, in all tenants together."""

    keys = Keys("ENTITYCOUNT#all", "{item_kind}")
    noun = "count"

    item_kind = UnicodeAttribute()
    made = NumberAttribute(default=0)
    removed = NumberAttribute(default=0)
    since = Moment(null=True)


class LiveMark(Entity, discriminator="live_mark"):
    """When a topic of live figures was last sent something, so that it is sent one message a second at most."""

    keys = Keys("LIVEMARK#{topic}", "MARK")
    noun = "mark"

    topic = UnicodeAttribute()
    sent_at = Moment()
