"""PyTorch, speaking the protocol of framework.ts: requests in on stdin, replies out on stdout, a line of JSON each.

Arguments are KEY=VALUE: threads=2, layout=channels_last. With expected=1 it computes in float64, for expected.json.
"""
import json
import signal
import sys
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)  # the table ends this process when it is done
options = dict(pair.split("=", 1) for pair in sys.argv[1:])
replies, sys.stdout = sys.stdout, sys.stderr
start = time.perf_counter()
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(int(options.get("threads", "1")))
dtype = torch.float64 if "expected" in options else torch.float32
channels_last = options.get("layout") == "channels_last"


class Lacking(Exception):
    """The problem cannot be done; the message says why."""


def bits(count, seed):
    """The hash of problem.ts, in 64-bit integers that wrap around."""
    mask = 0xFFFFFFFF
    x = torch.arange(1, count + 1, dtype=torch.int64) * 0x9E3779B1 & mask ^ (seed * 0x85EBCA6B & mask)
    x = (x ^ x >> 15) * 0x2C1B3C6D & mask
    x = (x ^ x >> 12) * 0x297A2D39 & mask
    return x ^ x >> 15


def values(spec):
    count = 1
    for size in spec["shape"]:
        count *= size
    x = bits(count, spec["seed"])
    if "classes" in spec:
        return (x % spec["classes"]).reshape(spec["shape"])
    low, high = spec["low"], spec["high"]
    x = low + (high - low) * ((x >> 8).double() / 2**24)
    return x.float().to(dtype).reshape(spec["shape"])  # as float32 knows them


def digest(x):
    x = x.detach().double().flatten()
    noise = (bits(x.numel(), 0) >> 8).double() / 2**23 - 1
    return {"norm": float(x.norm()), "product": float(x @ noise)}


def in_layout(x):
    return x.contiguous(memory_format=torch.channels_last) if channels_last and x.dim() == 4 else x


class Block(torch.nn.Module):
    """Two convolutions and an option-A shortcut."""

    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(out)
        self.conv2 = torch.nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(out)
        self.stride, self.extra = stride, out - channels

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride != 1:
            before = self.extra // 2
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, before, self.extra - before))
        return F.relu(y + x)


class CifarNet(torch.nn.Module):
    """The CIFAR nets of He et al."""

    def __init__(self, depth, width):
        super().__init__()
        n = (depth - 2) // 6
        self.conv1 = torch.nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(width)

        def stage(channels, out, stride):
            blocks = [Block(channels, out, stride)] + [Block(out, out, 1) for _ in range(n - 1)]
            return torch.nn.Sequential(*blocks)

        self.layer1 = stage(width, width, 1)
        self.layer2 = stage(width, 2 * width, 2)
        self.layer3 = stage(2 * width, 4 * width, 2)
        self.linear = torch.nn.Linear(4 * width, 10)

    def forward(self, x):
        h = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(h.mean((2, 3)))


def perceptron(widths):
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def with_gradients(f, leaves, grad_output):
    for leaf in leaves:
        leaf.requires_grad_()

    def compute():
        y = f()
        return [y, *torch.autograd.grad(y, leaves, grad_output)]

    return compute


def prepare(problem, tensors):
    """A function that does the problem once and returns what is checked."""
    kind = problem["kind"]
    if channels_last and kind != "resnet":
        raise Lacking("channels last is measured of the ResNets")
    data = {name: in_layout(values(spec)) for name, spec in tensors.items()}
    if kind == "matmul":
        return lambda: [data["a"] @ data["b"]]
    if kind == "add":
        a, b = data["a"].requires_grad_(), data["b"].requires_grad_()
        return lambda: [a + b]
    if kind == "conv2d":
        x, weight = data["x"], data["weight"]
        window = (None, problem["stride"], problem["padding"], 1, problem["groups"])
        f = lambda: F.conv2d(x, weight, *window)
        return with_gradients(f, [x, weight], data["gradOutput"]) if problem["gradients"] else lambda: [f()]
    if kind == "batchNorm":
        leaves = [data["x"], data["weight"], data["bias"]]
        f = lambda: F.batch_norm(leaves[0], None, None, leaves[1], leaves[2], training=True)
        return with_gradients(f, leaves, data["gradOutput"])
    if kind == "maxPool":
        f = lambda: F.max_pool2d(data["x"], problem["kernel"])
        return with_gradients(f, [data["x"]], data["gradOutput"])
    if kind in ("mlp", "resnet"):
        return training(problem, data)
    raise Lacking("not a matter of frameworks")


def training(problem, data):
    x, labels = data.pop("x"), data.pop("labels")
    is_net = problem["kind"] == "resnet"
    model = CifarNet(problem["depth"], problem["width"]) if is_net else perceptron(problem["widths"])
    model = model.to(dtype)
    model.load_state_dict(data, strict=not is_net)
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    if is_net:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    elif problem["optimizer"] == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def step():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return [torch.tensor([loss.item()], dtype=torch.float64)]

    return step


task = None


def answer(request):
    global task
    ask = request["ask"]
    if ask == "prepare":
        task = prepare(request["problem"], request["tensors"])
        return {"done": True}
    if ask == "release":
        task = None
        return {"done": True}
    if task is None:
        raise RuntimeError("no problem is prepared")
    if ask == "time":
        begin = time.perf_counter()
        for _ in range(request["runs"]):
            task()
        return {"milliseconds": (time.perf_counter() - begin) * 1e3}
    digests, milliseconds = [], []
    begin = time.perf_counter()
    for run in range(request["runs"]):
        if run >= 2 and (time.perf_counter() - begin) * 1e3 > request["milliseconds"]:
            break
        before = time.perf_counter()
        results = task()
        milliseconds.append((time.perf_counter() - before) * 1e3)
        digests.append([digest(x) for x in results])
    return {"digests": digests, "milliseconds": milliseconds}


def say(message):
    print(json.dumps(message), file=replies, flush=True)


detail = f"{torch.get_num_threads()} threads{', channels last' if channels_last else ''}"
say({"version": torch.__version__, "detail": detail, "importing": (time.perf_counter() - start) * 1e3})
for line in sys.stdin:
    try:
        say(answer(json.loads(line)))
    except Exception as error:  # whatever it is, the table tells it
        task = None
        say({"refusal": str(error), "lacking": isinstance(error, Lacking)})
