"""Calendly: meetings that somebody booked."""
