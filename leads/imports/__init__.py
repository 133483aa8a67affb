"""The pages on which marketing uploads files and sees what became of them."""
