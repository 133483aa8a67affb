"""Typeform: the whole answer by webhook."""
