"""A tutor that speaks from the student's own courses, and study guides out of them."""
