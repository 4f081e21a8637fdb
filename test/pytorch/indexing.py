"""Writes indexing.json: axes taken apart and moved, elements repeated and picked, from /usr/bin/python3 with PyTorch."""
import torch

from cases import Cases, numbers

cases = Cases()
for axis in [0, 1, -1]:
    for index in [0, 1, -1]:
        cases.add("select", lambda x, k: x.select(axis, k), numbers(2, 3, 4), index, axis=axis)
    cases.add("repeatInterleave", lambda x, n: x.repeat_interleave(n, axis), numbers(2, 3, 4), 3, axis=axis)
for source, destination in [(0, 2), (-1, 0), ([0, 1], [2, 0]), ([2, 0, 1], [0, 1, 2])]:
    cases.add("movedim", lambda x, s, d: x.movedim(s, d), numbers(2, 3, 4), source, destination)
cases.add("movedim", lambda x, s, d: x.movedim(s, d), numbers(), 0, -1)
cases.add("repeatInterleave", lambda x, n: x.repeat_interleave(n), numbers(2, 3), 2)
cases.add("repeatInterleave", lambda x, n: x.repeat_interleave(torch.tensor(n), 1), numbers(2, 3), [2, 0, 3], axis=1)
cases.add("takeAlongDim", torch.take_along_dim, numbers(2, 3), torch.randint(6, (2, 4)))
for axis, shape, places in [(0, (3, 2), (4, 1)), (1, (1, 3), (3, 5)), (-2, (2, 3, 1), (1, 70, 2))]:
    index = torch.randint(shape[axis], places)
    cases.add("takeAlongDim", lambda x, i: torch.take_along_dim(x, i, axis), numbers(*shape), index, axis=axis)
cases.write(__file__)
