"""tawk.to: live chat and tickets."""
