"""What stands of the subjects that a team shares: edited documents, concepts, assignments."""
