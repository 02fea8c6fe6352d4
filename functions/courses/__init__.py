"""Courses: made, listed, entered, studied and announced to.

Rooms, upper to lower, each importing downwards only:

- doors: `http`, `events`;
- course files: the course itself, its page, lists, ratings and announcements;
- `enrolments`: who learns in a course, how far they are and how long they studied;
- `lessons`: what a course is made of.
"""
