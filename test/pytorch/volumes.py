"""Writes volumes.json: convolution and pooling of volumes, from /usr/bin/python3 with PyTorch."""
import torch.nn.functional as F

from cases import Cases, apart, numbers

cases = Cases()

convolutions = [
    ((2, 2, 3, 4, 3), (3, 2, 2, 3, 2), dict()),
    ((2, 5, 4, 5), (1, 2, 3, 2, 2), dict(stride=[2, 1, 3], padding=[1, 1, 0])),
    ((1, 4, 4, 3, 5), (6, 2, 2, 2, 2), dict(dilation=[2, 1, 4], groups=2)),
    ((1, 3, 3, 3, 2), (3, 1, 2, 3, 2), dict(padding="same", groups=3)),
    ((2, 1, 4, 3, 3), (2, 1, 3, 1, 2), dict(padding="valid", stride=2)),
]
for x, w, given in convolutions:
    cases.add("conv3d", lambda x, w, b: F.conv3d(x, w, b, **given), numbers(*x), numbers(*w), numbers(w[0]), **given)

for shape, given in [
    ((1, 2, 4, 4, 2), dict(kernelSize=2)),
    ((2, 1, 4, 5, 3), dict(kernelSize=[2, 3, 2], stride=[1, 2, 1], padding=[1, 1, 0], dilation=[2, 1, 1])),
    ((2, 3, 5, 3), dict(kernelSize=2, ceilMode=True)),
]:
    named = {"kernel_size": given["kernelSize"], "ceil_mode": given.get("ceilMode", False)}
    named.update({k: given[k] for k in ["stride", "padding", "dilation"] if k in given})
    cases.add("maxPool3d", lambda x: F.max_pool3d(x, **named), apart(*shape), **given)

overlapping = dict(kernelSize=[3, 2, 2], stride=[2, 1, 2], padding=[1, 0, 1])
for shape, given in [
    ((1, 4, 2, 3), dict(kernelSize=[2, 2, 1])),
    ((2, 1, 3, 4, 3), overlapping),
    ((1, 2, 4, 4, 3), dict(**overlapping, countIncludePad=False, ceilMode=True)),
    ((1, 1, 4, 4, 4), dict(**overlapping, ceilMode=True)),
    ((1, 1, 3, 4, 3), dict(**overlapping, divisorOverride=5)),
]:
    named = {"kernel_size": given["kernelSize"], "ceil_mode": given.get("ceilMode", False)}
    named.update({"count_include_pad": given.get("countIncludePad", True), "divisor_override": given.get("divisorOverride")})
    named.update({k: given[k] for k in ["stride", "padding"] if k in given})
    cases.add("avgPool3d", lambda x: F.avg_pool3d(x, **named), numbers(*shape), **given)

evenly = [((2, 1, 3, 4, 5), 1), ((2, 1, 3, 4, 5), [2, 3, 2]), ((1, 3, 4, 5), [5, None, 2])]
for shape, size in evenly:
    cases.add("adaptiveAvgPool3d", lambda x: F.adaptive_avg_pool3d(x, size), numbers(*shape), outputSize=size)
for shape, size in evenly:
    cases.add("adaptiveMaxPool3d", lambda x: F.adaptive_max_pool3d(x, size), apart(*shape), outputSize=size)
cases.write(__file__)
