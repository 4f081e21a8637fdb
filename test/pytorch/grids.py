"""Writes grids.json: images read at the places of a grid, affine grids, max pooling undone, from /usr/bin/python3 with PyTorch."""
import torch
import torch.nn.functional as F

from cases import Cases, apart, numbers

cases = Cases()


def places(*shape, sizes, align):
    """Places inside and outside of an image, none on a cell, halfway between two, or where one is mirrored (by quarters of a cell)."""
    cells = torch.stack([torch.randint(-8, 4 * n + 8, shape) for n in reversed(sizes)], -1).mul(2).add(1).div(8).sub(1)
    scale = torch.tensor([(n - 1) if align else n for n in reversed(sizes)], dtype=torch.float64).clamp(min=1)
    return (cells.mul(2).add(0 if align else 1).div(scale).sub(1)).mul(1e6).round().div(1e6)


for padding in ["zeros", "border", "reflection"]:
    for align in [False, True]:
        for mode, size, out in [("bilinear", (3, 4), (2, 5)), ("bicubic", (4, 3), (3, 2)), ("bilinear", (2, 3, 4), (2, 2, 3))]:
            given = dict(mode=mode, paddingMode=padding, alignCorners=align)
            read = lambda x, g: F.grid_sample(x, g, mode=mode, padding_mode=padding, align_corners=align)
            cases.add("gridSample", read, numbers(2, 2, *size), places(2, *out, sizes=size, align=align), second=False, **given)
        given = dict(mode="nearest", paddingMode=padding, alignCorners=align)
        grid = places(1, 2, 4, sizes=(3, 5), align=align)
        cases.add("gridSample", lambda x, g: F.grid_sample(x, g, mode="nearest", padding_mode=padding, align_corners=align), numbers(1, 2, 3, 5), grid, second=False, **given)
        cases.list[-1]["grads"][1] = None  # zeros, for there is no derivative


def by_definition(x, grid, align):
    """Every cell weighs as a hat around it does at the place: what PyTorch itself cannot differentiate twice."""
    def weights(g, n):
        place = (g + 1) * (n - 1) / 2 if align else ((g + 1) * n - 1) / 2
        return (1 - (place.unsqueeze(-1) - torch.arange(float(n))).abs()).clamp(min=0)

    rows, columns = weights(grid[..., 1], x.shape[2]), weights(grid[..., 0], x.shape[3])
    return torch.einsum("nchw,nijh,nijw->ncij", x, rows, columns)


for align in [False, True]:
    cases.add("gridSample", lambda x, g: by_definition(x, g, align), numbers(2, 2, 3, 4), places(2, 2, 5, sizes=(3, 4), align=align), alignCorners=align)
# At the edges, and on the cells.
on = torch.tensor([[-1.0, -1], [1, 1], [-1, 0.5], [0, 1], [0.5, 0]]).reshape(1, 1, 5, 2)
for padding in ["border", "reflection", "zeros"]:
    for align in [False, True]:
        given = dict(paddingMode=padding, alignCorners=align)
        cases.add("gridSample", lambda x, g: F.grid_sample(x, g, padding_mode=padding, align_corners=align), numbers(1, 2, 3, 3), on, second=False, **given)

for align in [False, True]:
    for theta, size in [((2, 2, 3), [2, 1, 3, 4]), ((1, 2, 3), [1, 2, 1, 3]), ((2, 3, 4), [2, 1, 2, 3, 2])]:
        cases.add("affineGrid", lambda t, s: F.affine_grid(t, s, align), numbers(*theta), size, alignCorners=align)

for shape, given, again in [
    ((1, 2, 4, 6), dict(kernelSize=2), dict()),
    ((2, 5, 6), dict(kernelSize=2, stride=[2, 3]), dict(outputSize=[5, 6])),
    ((1, 1, 5, 5), dict(kernelSize=3, stride=2, padding=1), dict()),
]:
    x = apart(*shape)
    args = given["kernelSize"], given.get("stride"), given.get("padding", 0)
    values, indices = F.max_pool2d(x, *args, return_indices=True)
    cases.add("maxUnpool2d", lambda v, i: F.max_unpool2d(v, i, *args, again.get("outputSize")), values, indices, second=False, **given, **again)
    if given["kernelSize"] == 3:  # windows overlap; here, only the value that is written gets a gradient
        cases.list[-1]["grads"] = [None, None]
cases.write(__file__)
