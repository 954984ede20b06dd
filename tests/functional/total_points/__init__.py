"""The books: the stream in, figures out."""
