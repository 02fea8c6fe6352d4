"""The second look at what was written: after the filter's rules a language model reads it, for moderators."""

from lyceum.kit.configuration import limits
from lyceum.kit.event import Message
from lyceum.kit.settings import settings
from lyceum.kit.values.text import plain
from lyceum.model.community.discussions import Discussion, DiscussionReply
from lyceum.tasks.ai import ModerateText

_MOST_LETTERS = 4000


def asked(made: Discussion | DiscussionReply) -> list[Message]:
    """Return the task to have a text looked at; none where no model is set up, or the tenant wants none."""
    if not settings().language_model or not limits.value("moderation_by_model"):
        return []
    author_id = str(made.author_id)
    if isinstance(made, DiscussionReply):
        place = str(made.discussion_id)
        text = plain(str(made.text))[:_MOST_LETTERS]
        return [
            ModerateText(item_type="reply", item_id=str(made.reply_id), within=place, author_id=author_id, text=text)
        ]
    text = plain(f"{made.title}\n{made.text}")[:_MOST_LETTERS]
    return [ModerateText(item_type="discussion", item_id=str(made.discussion_id), author_id=author_id, text=text)]
