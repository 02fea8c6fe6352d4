"""Bulk import of questions: files in many formats, looked at before anything is written, then written once.

Rooms, upper to lower:

- the doors `http` and `events`
- `import_jobs`, `reports`, `row_validation`, `question_writer`
- what these share: `parsed_question`, `duplicates`, `topics`, `row_store`, `schemas`
- `formats`: files of every format, read into drafts
- `syntax`: what such files are written in
"""
