"""A hundred thousand rows of a request, drawn and told apart by NumPy: the seconds of each.

As the published synthetic task: sentences of 1 to 13 words of four with weights .4, .3, .2, .1, EOS, a word and a position.
"""
import time

import numpy as np

count, longest = 100_000, 13
generator = np.random.default_rng(1)
start = time.perf_counter()
lengths = generator.integers(1, longest + 1, count)
words = generator.choice(4, size=(count, longest), p=[0.4, 0.3, 0.2, 0.1]) + 3
places = np.arange(longest + 3)[None]
first = longest - lengths[:, None]
rows = np.where(places[:, :longest] >= first, words, 0)
position = (generator.random(count) * lengths).astype(int)
asked = rows[np.arange(count), longest - lengths + position]
rows = np.column_stack([rows, np.full(count, 2), asked, 8 + position])
drawn = time.perf_counter()
distinct = len(np.unique(rows, axis=0))
print(drawn - start, time.perf_counter() - drawn, distinct)
