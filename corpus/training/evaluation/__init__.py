"""How good predictions are: pure functions from answers and predictions to figures with their intervals."""
