"""Intelligence over HTTP: what is reckoned here, and what a language model is asked."""
