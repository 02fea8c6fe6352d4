"""Figures of models, worked out on data that is made for it: one module a topic, each with `figures()`."""
