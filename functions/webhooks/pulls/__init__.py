"""Figures for tools of business intelligence: files that are pulled by signed links."""
