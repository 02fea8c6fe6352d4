"""Whole organisations: packed as signed capsules, made from them, and removed with a receipt."""
