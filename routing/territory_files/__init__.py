"""Territories as a file: thousands of rows out, back in, and what that would change."""
