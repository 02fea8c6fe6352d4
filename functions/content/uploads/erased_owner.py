"""What becomes of the files of somebody who is erased.

A student's files go, but for those that the library or the bank shows. Whoever teaches has sent files for courses,
which stay with what they belong to, under no name that the person gave them.
"""

from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import Unit, batch_fetch, find_all, remove_many
from lyceum.model.content.uploads import Upload, UploadUsage

from functions.content.uploads import file_store

_SHOWN = frozenset({"lesson", "library", "question_image", "question_recording"})
_TOGETHER = 100


def forget(owner_id: str, role: str) -> None:
    """Remove an erased user's files with their records, and the names of those that stay; a second time does the same.

    Those that were refused have no file any more; they stand among those that fall due. Costs a listing of the bucket
    for each thousand objects, a read for each hundred files, and one of what falls due for the tenant.
    """
    waiting = find_all(Upload, index="gsi1", where=Upload.owner_id == owner_id)
    upload_ids = sorted(file_store.sent_by(owner_id) | {upload.upload_id for upload in waiting})
    for start in range(0, len(upload_ids), _TOGETHER):
        names = [Upload.at(upload_id=upload_id) for upload_id in upload_ids[start : start + _TOGETHER]]
        for name, found in zip(names, batch_fetch(names, consistent=True), strict=True):
            upload = found if isinstance(found, Upload) else None
            is_used = upload is not None and upload.state not in {"rejected", "failed"}
            if upload and is_used and (upload.purpose in _SHOWN or role != Role.STUDENT):
                Unit().change(upload, Upload.file_name.set("")).commit()
            else:
                file_store.discard_all(owner_id, name.upload_id)
                remove_many([name])
    remove_many([UploadUsage.at(owner_id=owner_id, span="all")])
