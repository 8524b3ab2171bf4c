"""The command `hashiya`: one module a command; what commands read and print."""
