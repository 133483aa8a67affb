"""Asks the APIs of senders for what their deliveries only announced."""
