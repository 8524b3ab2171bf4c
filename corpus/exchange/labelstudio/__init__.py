"""Label Studio: its configuration from a scheme, tasks and annotations to and fro, a project kept in step."""
