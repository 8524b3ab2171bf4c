"""What a session proposes for an entity: concepts, and its counterpart on the other side."""
