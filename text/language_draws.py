"""The random numbers of langdetect's trials. Its seed is constant: so are they, and are made once."""

import math
import random
from functools import cache

import numpy as np
from numpy.typing import NDArray

SEED = 0
# Seven trials of 1 001 draws each, of which every second number may be too large.
_NUMBERS = 1 << 15
_TWO_PI = 2.0 * math.pi


@cache
def _numbers() -> NDArray[np.uint32]:
    generator = random.Random(SEED)  # noqa: S311 - it samples letters
    return np.array([generator.getrandbits(32) for _ in range(_NUMBERS)], np.uint32)


class Draws:
    """The calls of `random.gauss` and of `random.choice` among `count` things, in the order of the
    trials: many draws at once, of which those that were not used are given back.
    """

    def __init__(self, count: int) -> None:
        self._count, self._shift = count, np.uint32(32 - count.bit_length())
        self._at = 0
        self._gauss: float | None = None

    def gauss(self) -> float:
        """Of mean 0 and deviation 1; they are made in pairs."""
        if self._gauss is not None:
            number, self._gauss = self._gauss, None
            return number
        angle = self._real() * _TWO_PI
        radius = math.sqrt(-2.0 * math.log(1.0 - self._real()))
        self._gauss = math.sin(angle) * radius
        return math.cos(angle) * radius

    def _real(self) -> float:
        high, low = _numbers()[self._at : self._at + 2].tolist()
        self._at += 2
        return float(((high >> 5) * 67108864 + (low >> 6)) / 9007199254740992)

    def choices(self, most: int) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """The next draws, `most` in all, each from 0 to `count` - 1, and how many numbers it takes to come
        to the end of each. Should there be fewer (half of the numbers are not used), the others come next.
        """
        numbers = _numbers()[self._at : self._at + 3 * most + 9] >> self._shift
        places = np.flatnonzero(numbers < self._count)[:most]
        return numbers[places], places + 1

    def skip(self, numbers: int | np.intp) -> None:
        self._at += int(numbers)
