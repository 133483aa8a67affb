"""Leads that visitors send through a hosted form."""
