"""Postmark: inbound mail handed on as JSON."""
