"""The models that there are: versions, figures, cards, and training anew."""
