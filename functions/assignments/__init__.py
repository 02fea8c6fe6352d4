"""Assignments: set, handed in, graded, and added up to grades of a course.

Rooms, upper to lower, each importing downwards only:

- doors: `http`, `events`, `jobs`;
- `grades`: grading, what grades come to, reports and gradebooks;
- the files beside them: assignments and what is handed in.
"""
