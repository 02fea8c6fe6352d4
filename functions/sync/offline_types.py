"""What may be done without a line: one table, by type. What is paid, graded or published is not in it.

Each row says which request does the same with a line, so the rules of that request are the rules of the operation.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from lyceum.kit.frozen import frozen

from functions.sync.own_api import Method

TypeName = Literal[
    "lesson.complete",
    "lesson.time",
    "review.grade",
    "note.create",
    "note.update",
    "note.remove",
    "bookmark.set",
    "bookmark.remove",
    "preferences.choose",
    "exam.answer",
]


@frozen
class OfflineType:
    """How operations of a type are done, each as often as it is sent with the effect of once.

    - `path`: `{key}` stands for what the operation is about; without it, `key_field` names it in the body.
    - `id_field`: where the body names the operation, for requests that know their own repetition.
    - `done_when`: refusals which say that the operation had its effect already.
    - `kept_aside`: what is added to the body of an operation that is in conflict, so that the device's side is kept as
      a copy; the field `copy_field` gives the copy the operation's id.
    """

    method: Method
    path: str
    key_field: str | None = None
    id_field: str | None = None
    done_when: frozenset[str] = frozenset()
    kept_aside: Mapping[str, Any] = field(default_factory=dict)
    copy_field: str | None = None

    @property
    def wants_key(self) -> bool:
        """Say whether an operation has to name what it is about."""
        return "{key}" in self.path or self.key_field is not None

    def body(self, operation_id: str, key: str | None, value: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the body of the request; what follows from the operation itself is not left to its value."""
        if self.method == "DELETE":
            return None
        named = {self.key_field: key, self.id_field: operation_id}
        return {**value, **{name: text for name, text in named.items() if name}}

    def aside(self, operation_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body by which the device's side of a conflict is kept as a copy."""
        copied = {self.copy_field: operation_id} if self.copy_field else {}
        return {**body, **self.kept_aside, **copied}


TYPES: Mapping[TypeName, OfflineType] = {
    "lesson.complete": OfflineType("POST", "/api/lessons/complete", key_field="lessonId"),
    "lesson.time": OfflineType("POST", "/api/lessons/{key}/time", id_field="beatId"),
    "review.grade": OfflineType("POST", "/api/reviews/{key}", id_field="reviewId"),
    "note.create": OfflineType("POST", "/api/notes", key_field="noteId", done_when=frozenset({"NOTE_EXISTS"})),
    "note.update": OfflineType("PUT", "/api/notes/{key}", kept_aside={"onConflict": "copy"}, copy_field="copyId"),
    "note.remove": OfflineType("DELETE", "/api/notes/{key}", done_when=frozenset({"NOT_FOUND"})),
    "bookmark.set": OfflineType("POST", "/api/bookmarks", key_field="questionId"),
    "bookmark.remove": OfflineType("DELETE", "/api/bookmarks/{key}", done_when=frozenset({"NOT_FOUND"})),
    "preferences.choose": OfflineType("PUT", "/api/profile/preferences"),
    "exam.answer": OfflineType("POST", "/api/exams/{key}/answer", id_field="operationId"),
}
