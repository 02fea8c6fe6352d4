"""What exams store."""
