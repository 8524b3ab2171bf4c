"""A jump to a word: every word of a side has a code, and typing a code moves the cursor there."""

from __future__ import annotations

from collections.abc import Mapping

from hashiya.schema.records import Span


class Jump:
    """A jump that is being typed; it ends with the last letter of a code, or with a key that begins none."""

    def __init__(self, codes: Mapping[str, Span]) -> None:
        self.codes = codes
        self._typed = ""

    def hints(self) -> dict[int, str]:
        """Return what is still to be typed for each word within reach, by the word's first code point."""
        return {span.start: code[len(self._typed) :] for code, span in self._within_reach().items()}

    def press(self, key: str) -> Span | None:
        """Take a key, and return the word whose code is complete with it."""
        self._typed += key
        return self._within_reach().get(self._typed)

    @property
    def open(self) -> bool:
        """Whether another key can complete a code."""
        return self._typed not in self.codes and bool(self._within_reach())

    def _within_reach(self) -> dict[str, Span]:
        return {code: span for code, span in self.codes.items() if code.startswith(self._typed)}
