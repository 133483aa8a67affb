"""Leads posted by programs as JSON."""
