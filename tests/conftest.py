"""Settings for all tests: no time limits (machines are noisy), and the same examples in every CI run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

for profile, examples in (("quick", 25), ("thorough", 100)):
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")
