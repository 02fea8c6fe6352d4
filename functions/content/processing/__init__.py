"""Processing: checks of a received file, and the variants that are made of it."""
