"""The product: one package a domain.

What a function imports stays for as long as it lives: to look for garbage meanwhile is a sixth of a cold import. Python
does so after every 700 new objects unless it is told otherwise; 50 000 of them are some ten megabytes.
"""

import gc

gc.set_threshold(50_000)
