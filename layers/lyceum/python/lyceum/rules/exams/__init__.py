"""What exams and those who tell of them both need to know of a session."""
