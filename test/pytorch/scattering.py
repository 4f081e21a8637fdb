"""Writes scattering.json: writing, adding and reducing by index, from /usr/bin/python3 with PyTorch."""
import torch

from cases import Cases, apart, numbers

cases = Cases()


def unique(axis, size, shape):
    """Indices of which no two along the axis are the same."""
    return torch.rand(*shape[:axis], size, *shape[axis + 1 :]).argsort(axis).narrow(axis, 0, shape[axis])


# PyTorch has gradients only where the source is as large as the index.
for axis, shape, places in [(0, (4, 3), (3, 3)), (1, (3, 5), (2, 3)), (-1, (3, 2, 4), (2, 2, 3))]:
    index = unique(axis % len(shape), shape[axis], places)
    cases.add("scatter", lambda x, i, s: x.scatter(axis, i, s), numbers(*shape), index, numbers(*places), axis=axis)
    cases.add("scatter", lambda x, i, s: x.scatter(axis, i, s), numbers(*shape), index, 2.5, axis=axis)
    several = torch.randint(shape[axis], places)
    for reduce in ["sum", "prod", "mean", "amax", "amin"]:
        for include in [True, False]:
            of = apart if reduce in ["amax", "amin"] else numbers
            x, s = of(*shape), of(*places).add(0.05)
            reduced = lambda x, i, s: x.scatter_reduce(axis, i, s, reduce, include_self=include)
            cases.add("scatterReduce", reduced, x, several, s, axis=axis, reduce=reduce, includeSelf=include)
index = torch.randint(3, (70, 2))
for reduce in ["sum", "mean", "amax"]:
    of = apart if reduce == "amax" else numbers
    reduced = lambda x, i, s: x.scatter_reduce(0, i, s, reduce)
    cases.add("scatterReduce", reduced, of(4, 2), index, of(70, 2).add(0.05), reduce=reduce)
for axis, shape, count in [(0, (4, 3), 2), (1, (2, 5), 4), (-1, (3, 2, 4), 3)]:
    source = [count if i == axis % len(shape) else n for i, n in enumerate(shape)]
    index = torch.randperm(shape[axis])[:count]
    several = torch.randint(shape[axis], (count,))
    cases.add("indexCopy", lambda x, i, s: x.index_copy(axis, i, s), numbers(*shape), index, numbers(*source), axis=axis)
    cases.add("indexFill", lambda x, i, v: x.index_fill(axis, i, v), numbers(*shape), several, -1.5, axis=axis)
    cases.add("indexFill", lambda x, i, v: x.index_fill(axis, i, v), numbers(*shape), several, numbers(), axis=axis)
    cases.add("indexAdd", lambda x, i, s: x.index_add(axis, i, s), numbers(*shape), several, numbers(*source), axis=axis)
    scaled = lambda x, i, s: x.index_add(axis, i, s, alpha=-2.5)
    cases.add("indexAdd", scaled, numbers(*shape), several, numbers(*source), axis=axis, alpha=-2.5)
cases.write(__file__)
