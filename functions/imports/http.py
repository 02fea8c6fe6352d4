"""Bulk import over HTTP."""

from typing import Annotated

from lyceum.kit.http import Api, Caller, Document, Listing, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.kit.values.spreadsheet import BYTE_ORDER_MARK
from lyceum.model.imports import ImportJob
from lyceum.rules.sessions import recheck

from functions.imports import import_jobs, reports, syllabus
from functions.imports.exports import export_jobs
from functions.imports.exports.schemas import AskExport
from functions.imports.formats import template
from functions.imports.people import people_import
from functions.imports.people.schemas import AskPeopleImport
from functions.imports.rosters import sources
from functions.imports.rosters.schemas import NewRosterSource, RosterSourceList, RosterSourceView, SyncRoster
from functions.imports.schemas import (
    AskImport,
    AskTopicsImport,
    Confirm,
    ErrorsQuery,
    HistoryQuery,
    ImportView,
    RowView,
    TopicsImport,
    WrongRow,
)

api = Api("imports", recheck=recheck)
handler = api.handler
_PEOPLE = may(Permission.MANAGE_USERS)


@api.post(
    "/api/admin/import/questions",
    access=may(Permission.WRITE_QUESTIONS),
    status=201,
    limit="60/hour",
    idempotent=True,
    max_body_bytes=3 * 1024 * 1024,
)
def import_questions(caller: Caller, body: AskImport) -> ImportView:
    """Open an import with its file, or with a slot for it; an instructor's rows become own drafts."""
    return import_jobs.open_job(caller, body)


@api.get("/api/admin/import/history", access=may(Permission.WRITE_QUESTIONS))
def list_imports(caller: Caller, query: Annotated[HistoryQuery, Query()]) -> Page[ImportView]:
    """List imports, the newest first: one's own, or all to who imports for the bank."""
    return import_jobs.history(caller, query)


@api.get("/api/admin/import/template", access=may(Permission.WRITE_QUESTIONS), raw="text/csv")
def download_import_template() -> str:
    """Get a table to fill in, with an example of each type of question."""
    return BYTE_ORDER_MARK + template.template()


@api.get("/api/admin/import/{jobId}", access=may(Permission.WRITE_QUESTIONS), owner_of=ImportJob)
def show_import(caller: Caller, job_id: str) -> ImportView:
    """Show how far an import is."""
    return import_jobs.show(caller, job_id)


@api.get("/api/admin/import/{jobId}/preview", access=may(Permission.WRITE_QUESTIONS), owner_of=ImportJob)
def preview_import(caller: Caller, job_id: str, query: Annotated[Listing, Query()]) -> Page[RowView]:
    """Show what each row would become, before anything is written."""
    return reports.preview(import_jobs.required(caller, job_id), query)


@api.post("/api/admin/import/{jobId}/confirm", access=may(Permission.WRITE_QUESTIONS), owner_of=ImportJob)
def confirm_import(caller: Caller, job_id: str, body: Confirm) -> ImportView:
    """Write the rows; a confirmed import goes on wherever it was interrupted."""
    return import_jobs.confirm(caller, job_id, body)


@api.get(
    "/api/admin/import/{jobId}/errors", access=may(Permission.WRITE_QUESTIONS), owner_of=ImportJob, also="text/csv"
)
def list_import_errors(
    caller: Caller, job_id: str, query: Annotated[ErrorsQuery, Query()]
) -> Page[WrongRow] | Document:
    """List the rows that can not be taken, each as it stands in the file; as CSV on request."""
    return reports.errors(import_jobs.required(caller, job_id), query)


@api.post("/api/admin/export", access=may(Permission.MANAGE_USERS), status=202, limit="30/hour", idempotent=True)
def export_data_set(caller: Caller, body: AskExport) -> JobView:
    """Export a data set to a file: accounts, results, grades or the audit trail; a job writes it."""
    return view(export_jobs.start(caller, body))


@api.post(
    "/api/admin/import/users",
    access=may(Permission.MANAGE_USERS),
    status=202,
    limit="30/hour",
    idempotent=True,
    max_body_bytes=3 * 1024 * 1024,
)
def import_users(caller: Caller, body: AskPeopleImport) -> JobView:
    """Import accounts from a table or a OneRoster package, as a dry run unless asked otherwise."""
    return view(people_import.start(caller, body))


@api.post("/api/admin/import/rosters", access=_PEOPLE.proven(), status=201, limit="30/hour", refuses=(409, 422))
def create_roster_source(body: NewRosterSource) -> RosterSourceView:
    """Name a system of the school that is asked for its roster by OneRoster's REST binding."""
    return RosterSourceView.model_validate(sources.create(body))


@api.get("/api/admin/import/rosters", access=_PEOPLE)
def list_roster_sources() -> RosterSourceList:
    """List the systems that are asked for rosters."""
    return RosterSourceList(sources=[RosterSourceView.model_validate(each) for each in sources.every()])


@api.delete("/api/admin/import/rosters/{sourceId}", access=_PEOPLE)
def remove_roster_source(source_id: str) -> Removed:
    """Ask a system for its roster no more; what it brought stays."""
    sources.remove(source_id)
    return Removed(id=source_id)


@api.post("/api/admin/import/rosters/{sourceId}/sync", access=_PEOPLE, status=202, limit="30/hour", idempotent=True)
def import_roster(caller: Caller, source_id: str, body: SyncRoster) -> JobView:
    """Take over the roster of a system, or what changed of it; a dry run unless asked otherwise."""
    return view(people_import.sync(caller, source_id, body))


@api.post(
    "/api/admin/import/topics", access=may(Permission.MANAGE_CATALOGUE), limit="60/hour", max_body_bytes=2 * 1024 * 1024
)
def import_topics(body: AskTopicsImport) -> TopicsImport:
    """Import the topics of a course from a table; by default it only tells what would happen."""
    return syllabus.bring(body)
