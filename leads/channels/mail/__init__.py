"""What mail means, however it came: a mailbox, or a service that posts it."""
