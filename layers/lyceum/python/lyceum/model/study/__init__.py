"""What is stored of studying: plans, reviews, study time, notes and choices, each of one student."""
