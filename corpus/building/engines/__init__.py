"""Where parts are made: on the processors of this machine, or on a Ray cluster."""
