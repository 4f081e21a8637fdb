"""Writes elementwise.json: activations, logarithms, division, special functions, from /usr/bin/python3 with PyTorch."""
import torch
import torch.nn.functional as F

from cases import Cases, numbers

cases = Cases()
shapes = [(), (5,), (3, 4)]

for shape in shapes:
    x = lambda **domain: numbers(*shape, **domain)
    cases.add("hardshrink", F.hardshrink, x())
    cases.add("hardshrink", lambda t: F.hardshrink(t, 0.9), x(), lambd=0.9)
    cases.add("softshrink", F.softshrink, x())
    cases.add("softshrink", lambda t: F.softshrink(t, 0.1), x(), lambd=0.1)
    cases.add("threshold", lambda t: F.threshold(t, 0.3, -7.0), x(), threshold=0.3, value=-7)
    cases.add("tanhshrink", F.tanhshrink, x())
    cases.add("tanhshrink", F.tanhshrink, x(low=-30, high=30))
    cases.add("log2", torch.log2, x(low=0.1, high=9))
    cases.add("log10", torch.log10, x(low=0.1, high=9))
    cases.add("exp2", torch.exp2, x(low=-9, high=9))
    cases.add("trunc", torch.trunc, x(low=-9, high=9), second=False)
    cases.add("frac", torch.frac, x(low=-9, high=9))
    cases.add("logit", torch.logit, x(low=0.05, high=0.95))
    cases.add("logit", lambda t: torch.logit(t, 0.2), x(low=0.05, high=0.95), eps=0.2)
    cases.add("erfc", torch.erfc, x(low=-3, high=5))
    cases.add("erfinv", torch.erfinv, x(low=-0.99, high=0.99))
    cases.add("lgamma", torch.lgamma, x(low=0.1, high=12))
    cases.add("lgamma", torch.lgamma, x(low=-3.9, high=-3.1))
    cases.add("digamma", torch.digamma, x(low=0.1, high=12))
    cases.add("digamma", torch.digamma, x(low=-3.9, high=-3.1))
    cases.add("nanToNum", torch.nan_to_num, x())
    cases.add("clamp", lambda t, min, max: torch.clamp(t, min, max), x(), min=numbers(low=-1, high=0), max=numbers(low=0, high=1))
    for other in [(), shape]:
        y = lambda **domain: numbers(*other, **domain)
        cases.add("fmod", torch.fmod, x(low=-9, high=9), y(low=0.5, high=3))
        cases.add("fmod", torch.fmod, x(low=-9, high=9), y(low=-3, high=-0.5))
        cases.add("remainder", torch.remainder, x(low=-9, high=9), y(low=0.5, high=3))
        cases.add("remainder", torch.remainder, x(low=-9, high=9), y(low=-3, high=-0.5))
        cases.add("floorDivide", lambda a, b: torch.floor_divide(a.detach(), b.detach()), x(low=-9, high=9), y(low=0.5, high=3))
        cases.add("hypot", torch.hypot, x(), y())
        cases.add("logaddexp", torch.logaddexp, x(low=-9, high=9), y(low=-9, high=9))
        cases.add("xlogy", torch.xlogy, x(), y(low=0.2, high=3))
        cases.add("lerp", torch.lerp, x(), numbers(*shape), y())

cases.add("nanToNum", lambda t: torch.nan_to_num(t, 0.5, 9, -9), torch.tensor([float("nan"), float("inf"), -float("inf"), 2.0]), nan=0.5, posinf=9, neginf=-9)
cases.add("xlogy", torch.xlogy, torch.tensor([0.0, 0.0, 2.0]), torch.tensor([0.5, 2.0, 3.0]))
for axis in [-1, 0, 1]:
    cases.add("glu", lambda t: F.glu(t, axis), numbers(4, 6), axis=axis)
    cases.add("softmin", lambda t: F.softmin(t, axis), numbers(3, 4), axis=axis)
for shape, slopes in [((3, 4), 1), ((3, 4), 4), ((2, 3, 2, 2), 3), ((5,), 1)]:
    cases.add("prelu", F.prelu, numbers(*shape), numbers(slopes, low=0.1, high=0.9))
bounds = dict(min=numbers(3, 1, low=-1, high=0.2), max=numbers(4, low=-0.2, high=1))
cases.add("clamp", lambda t, min, max: torch.clamp(t, min, max), numbers(2, 3, 4), **bounds)
cases.add("clamp", lambda t, min: torch.clamp(t, min=min), numbers(3, 4), min=numbers(4))
cases.add("clamp", lambda t, max: torch.clamp(t, max=max), numbers(3, 4), max=numbers(3, 1))
cases.write(__file__)
