"""Packages of cmi5 and SCORM: launched, served to a frame of their own, and heard."""
