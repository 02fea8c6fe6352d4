"""Typesetting: documents as PDF or pictures from templates, and charts; the layer `typeset` brings the programs."""
