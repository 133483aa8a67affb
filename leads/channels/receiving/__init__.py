"""Takes deliveries of other products, whatever the channel."""
