"""What counters of finished exams say: of assessments, their questions, and students."""
