"""What is shown over the whole terminal, or over a part of it, one screen a file."""
