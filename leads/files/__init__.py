"""Uploaded files as tables of text: no Django, no database; callers and services may use them."""
