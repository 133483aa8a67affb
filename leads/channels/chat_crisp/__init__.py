"""Crisp: live chat."""
