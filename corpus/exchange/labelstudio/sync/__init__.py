"""A corpus and a Label Studio project kept in step: a plan is made, shown, carried out."""
