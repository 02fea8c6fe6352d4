"""The port to a language model: prompts, budgets, the circuit, and one adapter."""
