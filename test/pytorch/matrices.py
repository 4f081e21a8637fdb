"""Writes matrices.json: systems of equations and determinants, from /usr/bin/python3 with PyTorch."""
import torch

from cases import Cases, numbers

cases = Cases()


def regular(*shape):
    return numbers(*shape) + 3 * torch.eye(shape[-1])


for shape in [(1, 1), (2, 2), (3, 3), (2, 3, 3), (2, 1, 2, 2), (6, 6)]:
    cases.add("inverse", torch.linalg.inv, regular(*shape))
    cases.add("det", torch.linalg.det, regular(*shape))
    cases.add("logdet", torch.logdet, regular(*shape).matmul(regular(*shape).mT))
for a in [[[8, 2, 1], [4, 3, 5], [4, -1, -4]], [[0.0, 2], [0, 3]]]:  # singular
    cases.add("det", torch.linalg.det, torch.tensor(a, dtype=torch.float64))
cases.add("det", torch.linalg.det, torch.tensor([[1.0, 2, 3], [2, 4, 6], [3, 6, 9]]), second=False)
for a, b in [((3, 3), (3, 2)), ((3, 3), (3,)), ((2, 3, 3), (2, 3, 1)), ((2, 3, 3), (2, 3)), ((2, 2), (3, 2, 2)), ((3, 1, 2, 2), (2, 2, 1))]:
    cases.add("solve", torch.linalg.solve, regular(*a), numbers(*b))
for power in [1, 2, 3, 5, -1, -2]:
    cases.add("matrixPower", lambda x, n: torch.linalg.matrix_power(x, n), regular(2, 2, 2).mul(0.25), power)
for upper in [False, True]:
    for unit in [False, True]:
        for left in [True, False]:
            given = dict(upper=upper, unitriangular=unit, left=left)
            for a, b in [((3, 3), (3, 3)), ((2, 2), (3, 2, 2))]:
                cases.add("solveTriangular", lambda x, y: torch.linalg.solve_triangular(x, y, **given), regular(*a), numbers(*b), **given)
for shape in [(1, 1), (3, 3), (2, 4, 4)]:
    factor = regular(*shape)
    for upper in [False, True]:
        cases.add("cholesky", lambda x: torch.linalg.cholesky(x, upper=upper), factor.matmul(factor.mT), upper=upper)
for shape in [(1, 1), (3, 3), (4, 2), (2, 3, 2), (2, 4), (2, 1)]:
    cases.add("qr.q", lambda x: torch.linalg.qr(x).Q, numbers(*shape))
    cases.add("qr.r", lambda x: torch.linalg.qr(x).R, numbers(*shape))
for shape in [(2, 2), (2, 3, 3)]:
    cases.add("slogdet.logabsdet", lambda x: torch.linalg.slogdet(x).logabsdet, numbers(*shape))
    cases.add("slogdet.sign", lambda x: torch.linalg.slogdet(x).sign.detach(), numbers(*shape))
for shape in [(1, 1), (2, 2), (3, 3), (2, 4, 4)]:
    cases.add("eigvalsh", lambda x: torch.linalg.eigvalsh((x + x.mT) / 2), numbers(*shape))
    cases.add("eigh.eigenvalues", lambda x: torch.linalg.eigh((x + x.mT) / 2).eigenvalues, numbers(*shape))
cases.write(__file__)
