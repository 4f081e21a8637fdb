"""Writes statistics.json: running extremes, medians, quantiles, what leaves NaN out, from /usr/bin/python3 with PyTorch."""
import torch

from cases import Cases, apart, numbers

cases = Cases()
nan, inf = float("nan"), float("inf")


def with_nan(*shape):
    x = numbers(*shape)
    return torch.where(torch.rand(shape) < 0.3, nan, x)


for axis, shape in [(0, (5, 3)), (1, (2, 20)), (-2, (2, 3, 4)), (0, (300,))]:
    for name, run in [("cumMax", torch.cummax), ("cumMin", torch.cummin)]:
        x = apart(*shape)
        cases.add(name, lambda x: run(x, axis)[0], x, part="values", axis=axis)
        cases.add(name, lambda x: run(x, axis)[1], x, part="indices", axis=axis)
    cases.add("logCumSumExp", lambda x: torch.logcumsumexp(x, axis), numbers(*shape), axis=axis)
ties = torch.tensor([1.0, 3, 3, 2, nan, 3, nan, -1])
for name, run in [("cumMax", torch.cummax), ("cumMin", torch.cummin)]:
    cases.add(name, lambda x: run(x, 0)[1], ties, part="indices", axis=0)
    cases.add(name, lambda x: run(x, 0)[0], torch.tensor([2.0, 2, 1, 2, 1, 1, 3]), part="values", axis=0)
cases.add("logCumSumExp", lambda x: torch.logcumsumexp(x, 0), torch.tensor([-1e3, 0.0, 1e3, 999.0, -1e30, 1001.0, 2.0]), axis=0)

for options in [{}, {"axis": 1}, {"axis": (0, 2), "keepDims": True}]:
    dim, keep = options.get("axis", (0, 1, 2)), options.get("keepDims", False)
    for name, run in [("nanSum", torch.nansum), ("nanMean", torch.nanmean)]:
        cases.add(name, lambda x: run(x, dim, keepdim=keep), with_nan(3, 4, 5), **options)
    counted = torch.randint(2, (3, 4, 5)).double()
    if not keep:
        cases.add("countNonzero", lambda x: torch.count_nonzero(x.detach(), dim), counted, **options)
    for correction in [0, 1]:
        moments = lambda x: torch.var_mean(x, dim, correction=correction, keepdim=keep)
        cases.add("varMean", lambda x: moments(x)[0], numbers(3, 4, 5), part="variance", correction=correction, **options)
        cases.add("varMean", lambda x: moments(x)[1], numbers(3, 4, 5), part="mean", correction=correction, **options)
        deviations = lambda x: torch.std_mean(x, dim, correction=correction, keepdim=keep)
        cases.add("stdMean", lambda x: deviations(x)[0], numbers(3, 4, 5), part="std", correction=correction, **options)
        cases.add("stdMean", lambda x: deviations(x)[1], numbers(3, 4, 5), part="mean", correction=correction, **options)

for shape in [(5,), (3, 4), (2, 3, 4)]:
    cases.add("median", torch.median, apart(*shape))
    for axis in [0, -1]:
        for keep in [False, True]:
            middle = lambda x: torch.median(x, axis, keepdim=keep)[0]
            cases.add("median", middle, apart(*shape), axis=axis, keepDims=keep)
cases.add("median", torch.median, torch.tensor([2.0, 1, 2, 3, 2, 0]))
cases.add("median", torch.median, torch.tensor([2.0, nan, 2, nan]))
cases.add("median", lambda x: torch.median(x, 1)[0], torch.tensor([[2.0, nan, 2, nan], [1, 4, 3, 2]]), axis=1)

for interpolation in ["linear", "lower", "higher", "midpoint", "nearest"]:
    for q in [0.0, 0.3, 0.5, 1.0, [0.1, 0.625, 0.9]]:
        share = lambda x, q: torch.quantile(x, torch.tensor(q), interpolation=interpolation)
        cases.add("quantile", share, apart(3, 4), q, interpolation=interpolation)
    for axis, keep in [(0, False), (1, True)]:
        share = lambda x, q: torch.quantile(x, torch.tensor(q), axis, keep, interpolation=interpolation)
        cases.add("quantile", share, apart(5, 4), [0.25, 0.6], axis=axis, keepDims=keep, interpolation=interpolation)
        cases.add("quantile", share, apart(5, 4), 0.6, axis=axis, keepDims=keep, interpolation=interpolation)
holed = torch.tensor([[1.0, nan, 2], [3, 1, 2]])
cases.add("quantile", lambda x, q: torch.quantile(x, torch.tensor(q), 1), holed, [0.0, 0.75], axis=1)

masked = lambda x, m: x.masked_select(m)
cases.add("maskedSelect", masked, numbers(3, 4), torch.rand(3, 4) < 0.5)
cases.add("maskedSelect", masked, numbers(3, 1), torch.rand(2, 3, 4) < 0.5)
cases.add("maskedSelect", masked, numbers(2, 3, 4), torch.tensor([True, False, True, True]))
for shape in [(7,), (3, 4), (2, 3, 4)]:
    cases.add("nonzero", lambda x: x.detach().nonzero(), torch.randint(2, shape).double())
cases.add("nonzero", torch.nonzero, torch.rand(3, 4) < 0.5)
cases.write(__file__)
