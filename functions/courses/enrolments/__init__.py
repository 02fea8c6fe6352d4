"""Who learns in a course: entering and leaving, progress, study time."""
