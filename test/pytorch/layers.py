"""Writes layers.json: losses with a margin, bags of embeddings, shuffled pixels, adaptive pooling, from /usr/bin/python3 with PyTorch."""
import torch
import torch.nn.functional as F

from cases import Cases, apart, numbers

cases = Cases()

for shape in [(3, 4), (4,)]:
    for given in [dict(), dict(p=1, margin=2), dict(p=3, reduction="sum"), dict(swap=True, reduction="none", margin=5)]:
        triple = numbers(*shape), numbers(*shape), numbers(*shape)
        cases.add("tripletMarginLoss", lambda a, p, n: F.triplet_margin_loss(a, p, n, **given), *triple, **given)
for variances in [(3, 4), (3, 1), (3,)]:
    for given in [dict(), dict(full=True, reduction="sum"), dict(reduction="none"), dict(eps=1.5)]:
        args = numbers(3, 4), numbers(3, 4), numbers(*variances, low=0.3, high=3)
        cases.add("gaussianNllLoss", lambda x, t, v: F.gaussian_nll_loss(x, t, v, **given), *args, **given)
labels = torch.tensor([1, 3, 0])
for given in [dict(), dict(p=2, margin=0.7), dict(reduction="none"), dict(p=2, reduction="sum")]:
    cases.add("multiMarginLoss", lambda x, y: F.multi_margin_loss(x, y, **given), numbers(3, 4), labels, second=False, **given)
weights = torch.tensor([1, 0.5, 2, 0.25])
cases.add("multiMarginLoss", lambda x, y: F.multi_margin_loss(x, y, weight=weights.double()), numbers(3, 4), labels, second=False)
cases.list[-1]["options"] = {"weight": {"dtype": "float", "shape": [4], "data": weights.tolist()}}
bag = torch.tensor([[4, 0, 2], [1, 3, 2]])
for mode in ["sum", "mean", "max"]:
    for given in [dict(), dict(paddingIdx=2)]:
        padding = given.get("paddingIdx")
        cases.add("embeddingBag", lambda i, w: F.embedding_bag(i, w, mode=mode, padding_idx=padding), bag, apart(5, 3), second=False, mode=mode, **given)
    offsets = [0, 2, 2, 5]
    ragged = torch.tensor([4, 0, 2, 1, 0, 3])
    cases.add("embeddingBag", lambda i, w: F.embedding_bag(i, w, torch.tensor(offsets), mode=mode), ragged, apart(5, 3), second=False, mode=mode, offsets=offsets)
for shape in [(8, 2, 3), (2, 8, 2, 3), (4, 1, 1)]:
    cases.add("pixelShuffle", lambda x, r: F.pixel_shuffle(x, r), numbers(*shape), 2)
for shape in [(2, 4, 6), (2, 1, 4, 2)]:
    cases.add("pixelUnshuffle", lambda x, r: F.pixel_unshuffle(x, r), numbers(*shape), 2)
for shape, size in [((2, 3, 7), 3), ((3, 7), 4), ((1, 2, 5), 1), ((2, 4), 6)]:
    cases.add("adaptiveMaxPool1d", lambda x: F.adaptive_max_pool1d(x, size), apart(*shape), outputSize=size)
cases.write(__file__)
