"""Pictures that show why a measurement passed or failed."""
