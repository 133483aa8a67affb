"""Twilio: calls and text messages to numbers rented there."""
