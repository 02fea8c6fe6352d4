"""Puts a processed avatar into its owner's profile."""

from lyceum.events.content import ContentProcessed
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.content.uploads import Upload
from lyceum.model.users.account import User

consumer = Consumer("users-avatars")
handler = consumer.handler


@consumer.on(ContentProcessed)
def set_avatar(event: ContentProcessed, unit: Unit) -> None:
    """Show an upload made as avatar: of several the one whose slot was opened last, in whatever order they come."""
    upload, user = batch_fetch([Upload.at(upload_id=event.upload_id), User.at(user_id=event.owner_id)], consistent=True)
    if not isinstance(upload, Upload) or upload.purpose != "avatar" or upload.state != "ready":
        return
    if not isinstance(user, User) or user.status == "deleted" or (user.avatar_id or "") >= upload.upload_id:
        return
    sizes = [{name: variant[name] for name in ("name", "key", "width", "height")} for variant in upload.variants]
    unit.change(
        user,
        User.avatar_id.set(upload.upload_id),
        User.avatar.set(sizes),
        when=User.avatar_id.does_not_exist() | (User.avatar_id < upload.upload_id),
        refuse=Conflict("A newer avatar came meanwhile; the message comes again and finds it."),
    )
