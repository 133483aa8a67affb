"""Mailgun: inbound mail handed on as a form by a route."""
