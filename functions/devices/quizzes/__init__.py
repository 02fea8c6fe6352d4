"""Quizzes that the clickers of a room answer."""
