"""What is stored of telemetry on its way."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class TelemetryBatch(Entity, discriminator="telemetry_batch"):
    """Carries what a process gathered to the worker that folds it; it goes by its TTL a day later."""

    keys = Keys("TELEMETRY#{event_id}", "BATCH")
    noun = "batch"

    event_id = UnicodeAttribute()
