"""What authors and students send and get of practice tests, quizzes and papers, a module a subject."""
