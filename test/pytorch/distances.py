"""Writes distances.json: lengths set to 1, distances and angles, from /usr/bin/python3 with PyTorch."""
import torch
import torch.nn.functional as F

from cases import Cases, numbers

cases = Cases()
orders = [1, 2, 3, 1.5]
for p in orders:
    for axis in [0, -1]:
        cases.add("normalize", lambda x: F.normalize(x, p, axis), numbers(3, 4), p=p, axis=axis)
    cases.add("pairwiseDistance", lambda a, b: F.pairwise_distance(a, b, p), numbers(3, 4), numbers(3, 4), p=p)
    cases.add("pairwiseDistance", lambda a, b: F.pairwise_distance(a, b, p, 1e-3, True), numbers(2, 3, 4), numbers(4), p=p, eps=1e-3, keepDims=True)
    for lead in [(), (2,)]:
        # PyTorch's own second derivative of cdist is there for no p; that of its definition is.
        cases.add("cdist", lambda a, b: torch.linalg.vector_norm(a.unsqueeze(-2) - b.unsqueeze(-3), p, -1), numbers(*lead, 3, 4), numbers(2, 4), p=p)
        cases.add("cdist", lambda a, b: torch.cdist(a, b, p), numbers(*lead, 3, 4), numbers(*lead, 2, 4), second=False, p=p)
cases.add("cdist", lambda a, b: torch.cdist(a, b, 0.0).detach(), numbers(3, 4), numbers(2, 4), p=0)
for axis in [0, 1, -1]:
    cases.add("cosineSimilarity", lambda a, b: F.cosine_similarity(a, b, axis), numbers(3, 4), numbers(3, 4), axis=axis)
cases.add("cosineSimilarity", lambda a, b: F.cosine_similarity(a, b, -1), numbers(2, 3, 4), numbers(3, 1), axis=-1)
cases.write(__file__)
