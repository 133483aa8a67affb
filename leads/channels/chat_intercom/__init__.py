"""Intercom: contacts and conversations of its messenger."""
