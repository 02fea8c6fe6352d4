"""What authors do: assessments, blueprints, marking schemes, results."""
