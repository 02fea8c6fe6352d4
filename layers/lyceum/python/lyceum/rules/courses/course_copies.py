"""Names of what is copied with a course, which every domain works out alike."""

from datetime import datetime

from lyceum.kit import ids


def copy_id(copied_at: datetime, course_id: str, source_id: str) -> str:
    """Return the id in the copy `course_id` of what has the id `source_id` in the course it was made from."""
    return ids.derived_id(copied_at, "course_copy", course_id, source_id)
