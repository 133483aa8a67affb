"""What every channel must hold, over all adapters by one table. docs/development.md says how to join."""
