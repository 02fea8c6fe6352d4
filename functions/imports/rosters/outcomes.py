"""What a row of a file did, or would do, as a line of the report."""

from lyceum.kit.frozen import frozen

COLUMNS = ("row", "outcome", "userId", "username", "field", "message", "kind", "courseId")
Line = list[str]


@frozen
class Outcome:
    """What a row did, or would do; `kind` is person, class or enrolment."""

    row: int
    outcome: str
    user_id: str = ""
    username: str = ""
    field: str = ""
    message: str = ""
    kind: str = "person"
    course_id: str = ""

    def line(self) -> Line:
        """Write it as a line of the report."""
        row = str(self.row) if self.row else ""
        told = [row, self.outcome, self.user_id, self.username, self.field, self.message]
        return [*told, self.kind, self.course_id]
