"""Writes products.json: added products, products over chosen axes, from /usr/bin/python3 with PyTorch."""
import torch

from cases import Cases, numbers

cases = Cases()

family = {
    "addmm": (torch.addmm, (2, 4), (2, 3), (3, 4)),
    "addmv": (torch.addmv, (2,), (2, 3), (3,)),
    "addr": (torch.addr, (2, 3), (2,), (3,)),
    "baddbmm": (torch.baddbmm, (2, 3, 2), (2, 3, 4), (2, 4, 2)),
    "addbmm": (torch.addbmm, (3, 2), (2, 3, 4), (2, 4, 2)),
}
for op, (function, output, a, b) in family.items():
    for shape in [output, output[-1:], ()]:
        cases.add(op, function, numbers(*shape), numbers(*a), numbers(*b))
        for given in [dict(alpha=-2, beta=0.5), dict(beta=0)]:
            cases.add(op, lambda i, x, y: function(i, x, y, **given), numbers(*shape), numbers(*a), numbers(*b), **given)

for a, b, axes in [((2, 3, 4), (3, 4, 2), 2), ((2, 3), (3, 2), 1), ((2,), (3,), 0), ((2, 3, 4), (4, 3), [[1, 2], [-1, 0]])]:
    cases.add("tensordot", lambda x, y: torch.tensordot(x, y, axes), numbers(*a), numbers(*b), axes=axes)
for a, b in [((3,), (3,)), ((2, 3), (4, 3)), ((2, 2, 3), (3,)), ((), (2, 3)), ((2,), ())]:
    cases.add("inner", torch.inner, numbers(*a), numbers(*b))
for a, b in [((2, 3), (3, 2)), ((2,), (3,)), ((2, 3), (2,)), ((), (3,)), ((2, 2, 2), (2, 1, 3))]:
    cases.add("kron", torch.kron, numbers(*a), numbers(*b))
for a, b, axis in [((3,), (3,), -1), ((3, 2), (3, 2), 0), ((1, 3, 2), (2, 3, 1), 1), ((4, 3), (1, 3), 1)]:
    cases.add("cross", lambda x, y: torch.linalg.cross(x, y, dim=axis), numbers(*a), numbers(*b), axis=axis)
for shape, offset, axis1, axis2 in [((3,), 0, -2, -1), ((2, 3), 1, -2, -1), ((2,), -2, 0, 1), ((2, 3), 0, 0, 2), ((4, 2), 1, 1, 0)]:
    cases.add("diagEmbed", lambda x: torch.diag_embed(x, offset, axis1, axis2), numbers(*shape), offset=offset, axis1=axis1, axis2=axis2)
cases.write(__file__)
