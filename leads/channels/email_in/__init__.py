"""Mail that is fetched from a mailbox."""
