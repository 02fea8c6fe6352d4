"""Content: files that are sent, checked and made readable, and the library of items that is made of them.

Rooms, upper to lower:

- the doors `http`, `events` and `jobs`; `http` reaches nothing of `processing`
- `processing`: checks of a file and what is made of it.
- `library`: items, lists, readers
- `uploads`: slots, places of files, states of an upload
"""
