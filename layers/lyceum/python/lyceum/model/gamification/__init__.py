"""What is stored of boards and badges."""
