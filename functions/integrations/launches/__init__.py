"""LTI 1.3: launches from learning platforms, deep links and scores (1EdTech LTI Advantage)."""
