"""What is stored of models: flags, predictions, versions, budgets, and what a language model was asked."""
