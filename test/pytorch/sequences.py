"""Writes sequences.json: connectionist temporal classification, from /usr/bin/python3 with PyTorch."""
import torch
import torch.nn.functional as F

from cases import Cases, numbers

cases = Cases()

NONE = torch.tensor(float("-inf"))


def likelihood(frames, labels, blank):
    """log p of the labels by the definition: each state reached from itself, the one before, and over a blank."""
    states = [blank] + [s for label in labels for s in (label, blank)]
    alpha = [torch.zeros(())] + [NONE] * (len(states) - 1)
    for frame in frames:
        before = alpha
        alpha = []
        for i, state in enumerate(states):
            reached = [before[i]] + ([before[i - 1]] if i > 0 else [])
            if i > 1 and state != blank and state != states[i - 2]:
                reached.append(before[i - 2])
            reached = [a for a in reached if a != NONE]
            alpha.append(torch.logsumexp(torch.stack(reached), 0) + frame[state] if reached else NONE)
    return torch.logsumexp(torch.stack([a for a in alpha[-2:] if a != NONE]), 0)


def by_definition(log_probs, targets, input_lengths=None, target_lengths=None, blank=0, reduction="mean"):
    frames, count, _ = log_probs.shape
    inputs = input_lengths or [frames] * count
    lengths = target_lengths or [targets.shape[1]] * count
    losses = torch.stack([-likelihood(log_probs[: inputs[n], n], targets[n, : lengths[n]].tolist(), blank) for n in range(count)])
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else (losses / torch.tensor(lengths).clamp(min=1)).mean()


def by_pytorch(logits, targets, input_lengths=None, target_lengths=None, **given):
    frames, count, _ = logits.shape
    inputs = input_lengths or [frames] * count
    lengths = target_lengths or [targets.shape[1]] * count
    return F.ctc_loss(F.log_softmax(logits, -1), targets, torch.tensor(inputs), torch.tensor(lengths), **given)


def labels(count, length, classes, blank):
    return torch.tensor([[c for c in range(classes) if c != blank]])[0][torch.randint(classes - 1, (count, length))]


# Repeated labels, which must have a blank between them; frames that are just enough, and too few.
same = torch.tensor([[1, 1, 2], [2, 1, 1]])
for shape, targets, given in [
    ((5, 2, 4), labels(2, 3, 4, 0), dict()),
    ((6, 2, 3), same, dict(reduction="none")),
    ((6, 2, 3), same, dict(inputLengths=[6, 4], targetLengths=[2, 3], reduction="sum")),
    ((4, 3, 3), labels(3, 2, 3, 2), dict(blank=2, inputLengths=[4, 3, 3], targetLengths=[0, 2, 1])),
    ((3, 2, 5), labels(2, 1, 5, 1), dict(blank=1, inputLengths=[1, 3], reduction="none")),
]:
    plain = {"input_lengths": given.get("inputLengths"), "target_lengths": given.get("targetLengths"), "blank": given.get("blank", 0)}
    plain["reduction"] = given.get("reduction", "mean")
    cases.add("ctcLoss", lambda x, y: by_definition(x, y, **plain), numbers(*shape, low=-3, high=-0.1), targets, **given)
    cases.add("ctcLossOfLogits", lambda x, y: by_pytorch(x, y, **plain), numbers(*shape), targets, second=False, **given)
tight = dict(inputLengths=[6, 3], targetLengths=[3, 3], reduction="none", zeroInfinity=True)
cases.add("ctcLossOfLogits", lambda x, y: by_pytorch(x, y, [6, 3], [3, 3], reduction="none", zero_infinity=True), numbers(6, 2, 3), same, second=False, **tight)
cases.add("ctcLoss", lambda x, y: by_pytorch(x, y, [6, 3], [3, 3], reduction="none").detach(), F.log_softmax(numbers(6, 2, 3), -1), same, second=False, **{**tight, "zeroInfinity": False})
cases.write(__file__)
