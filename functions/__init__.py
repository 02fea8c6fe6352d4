"""The product: one package a domain.

What a function imports stays for as long as it lives, so looking for garbage meanwhile is CPU spent on nothing: a sixth of
a cold import. Python looks after every 700 new objects unless it is told otherwise; 50 000 are some ten megabytes.
"""

import gc

gc.set_threshold(50_000)
