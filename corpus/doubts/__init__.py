"""Why a pair may be wrong: rules over its two texts and its score."""
