"""A Label Studio server: requests, what is sent again, the access key."""
