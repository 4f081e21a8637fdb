"""Makes conformance cases: an op of PyTorch in float64, its gradients, and the derivatives of those in fixed directions."""
import json
import pathlib

import torch

torch.manual_seed(20_262)
torch.set_default_dtype(torch.float64)


def numbers(*shape, low=-2.0, high=2.0):
    """Uniform numbers with few digits, so that the file stays small."""
    return (torch.rand(shape) * (high - low) + low).mul(1000).round().div(1000)


def apart(*shape):
    """Numbers in random order, any two at least 0.09 apart."""
    size = torch.Size(shape).numel()
    return torch.randperm(size).sub(size / 2).add(torch.rand(size) * 0.3).mul(0.13).mul(1000).round().div(1000).reshape(shape)


def tensor_of(x):
    if x is None:
        return None
    if x._is_zerotensor():  # what has no numbers of its own
        x = torch.zeros(x.shape)
    dtype = "bool" if x.dtype == torch.bool else "float" if x.is_floating_point() else "int"
    data = [v if v == v and abs(v) != float("inf") else named(v) for v in x.detach().flatten().tolist()]
    return {"dtype": dtype, "shape": list(x.shape), "data": [int(v) if isinstance(v, bool) else v for v in data]}


def named(value):
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


class Cases:
    """A file of cases; a case is written as ../../../shared/conformance/README.md of the first such file says."""

    def __init__(self):
        self.list = []

    def add(self, op, function, *args, second=True, part=None, **options):
        """`function` computes the output, or the named part of an output of several, from the tensors among `args` (lists of tensors and plain values stand as they are);
        `options` are those of the op's public name."""
        args = [a.clone().requires_grad_() if isinstance(a, torch.Tensor) and a.is_floating_point() else a for a in args]
        tensors = [a for a in args if isinstance(a, torch.Tensor)]
        held = {k: v.clone().requires_grad_() if isinstance(v, torch.Tensor) and v.is_floating_point() else v for k, v in options.items()}
        output = function(*args, **{k: v for k, v in held.items() if isinstance(v, torch.Tensor)})
        leaves = [t for t in tensors if t.requires_grad]
        case = {
            "name": f"{op}-{len([c for c in self.list if c['op'] == op]) + 1}",
            "op": op,
            "args": [{"tensor": tensor_of(a)} if isinstance(a, torch.Tensor) else {"value": a} for a in args],
            "options": {k: tensor_of(v) if isinstance(v, torch.Tensor) else v for k, v in options.items()},
            **({} if part is None else {"part": part}),
            "output": tensor_of(output),
        }
        differentiable = output.is_floating_point() and output.requires_grad
        grad_output = numbers(*output.shape, low=-1, high=1).requires_grad_() if differentiable else torch.ones(output.shape)
        case["gradOutput"] = tensor_of(grad_output)
        grads = [None] * len(leaves)
        if differentiable:
            grads = torch.autograd.grad(output, leaves, grad_output, create_graph=True, allow_unused=True)
            if second:
                case["secondOrder"] = second_order(grads, leaves, tensors, grad_output)
        case["grads"] = spread(grads, leaves, tensors)
        self.list.append(case)

    def write(self, path):
        """Beside the script that made them."""
        target = pathlib.Path(path).with_suffix(".json")
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in self.list)
        head = f'"format":"livegrad-conformance-1","source":"PyTorch {torch.__version__}, float64","cases"'
        target.write_text(f"{{{head}:[\n{lines}\n]}}\n")
        print(f"{len(self.list)} cases, {target.stat().st_size} bytes, into {target.name}")


def spread(values, leaves, tensors):
    """One for each tensor: null where it is no leaf, or nothing reaches it."""
    places = [next((i for i, leaf in enumerate(leaves) if leaf is t), None) for t in tensors]
    return [None if i is None else tensor_of(values[i]) for i in places]


def second_order(grads, leaves, tensors, grad_output):
    directions = [None if g is None else numbers(*g.shape, low=-1, high=1) for g in grads]
    terms = [(g * d).sum() for g, d in zip(grads, directions) if g is not None]
    total = sum(terms)
    sources = [*leaves, grad_output]
    found = torch.autograd.grad(total, sources, allow_unused=True) if total.requires_grad else [None] * len(sources)
    return {
        "directions": spread(directions, leaves, tensors),
        "grads": spread(found[:-1], leaves, tensors),
        "gradOutputGrad": tensor_of(found[-1]),
    }
