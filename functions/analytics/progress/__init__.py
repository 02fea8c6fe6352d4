"""What learners, and those who may see it, get of a learner's figures."""
