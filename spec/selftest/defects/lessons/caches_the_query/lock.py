from functools import lru_cache

from impl import lock as sound
from impl.lock import buy, sell

__all__ = ["buy", "query", "sell"]

query = lru_cache(sound.query)
