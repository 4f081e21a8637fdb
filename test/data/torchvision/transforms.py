"""Writes transforms.json: torchvision's functions on small images, from /usr/bin/python3 with torchvision 0.14."""
import json
from pathlib import Path

import torch
from torchvision.transforms import functional as F
from torchvision.transforms import InterpolationMode

torch.manual_seed(0)
cases = []


def add(function, image, run, **arguments):
    result = run(image)
    cases.append({
        "function": function,
        "arguments": arguments,
        "bytes": image.dtype == torch.uint8,
        "shape": list(image.shape),
        "pixels": image.flatten().tolist(),
        "resultShape": list(result.shape),
        "result": [round(value, 12) for value in result.flatten().tolist()],
    })


def images(*shapes):
    for shape in shapes:
        yield torch.randint(0, 256, shape, dtype=torch.uint8)
        yield torch.randint(0, 1001, shape).to(torch.float64) / 1000


def resize(size):
    return lambda t: F.resize(t, size, InterpolationMode.BILINEAR, antialias=True)


for image in images((3, 5, 7), (1, 6, 4)):
    height, width = image.shape[1:]
    for size in [[3, 4], [5, 3], [2, 2], [9, 11], [height, 2 * width], [1, 1]]:
        add("resize", image, resize(size), size=size)
    for size in [4, 3, 9]:
        add("resize", image, lambda t: F.resize(t, size, antialias=True), size=size)
    for size in [[3, 4], [2, 3], [4, 3], [9, 9], [4, 10], [10, 4], [5, 5]]:
        add("centerCrop", image, lambda t: F.center_crop(t, size), size=size)
    for top, left, h, w in [(0, 0, 3, 4), (1, 2, 4, 3), (-1, -2, 5, 5), (3, 4, 6, 6)]:
        add("crop", image, lambda t: F.crop(t, top, left, h, w), top=top, left=left, height=h, width=w)
    add("resizedCrop", image, lambda t: F.resized_crop(t, 1, 2, 3, 4, [6, 5], antialias=True), top=1, left=2, height=3, width=4, size=[6, 5])
    add("mirrored", image, F.hflip)
    for factor in [0, 0.4, 1, 1.7]:
        add("adjustBrightness", image, lambda t: F.adjust_brightness(t, factor), factor=factor)
        add("adjustContrast", image, lambda t: F.adjust_contrast(t, factor), factor=factor)
        add("adjustSaturation", image, lambda t: F.adjust_saturation(t, factor), factor=factor)
    for factor in [-0.5, -0.2, 0, 0.1, 0.5]:
        add("adjustHue", image, lambda t: F.adjust_hue(t, factor), factor=factor)
    if image.dtype != torch.uint8:
        mean, std = [0.1, 0.4, 0.7][: image.shape[0]], [0.2, 0.5, 0.3][: image.shape[0]]
        add("normalize", image, lambda t: F.normalize(t, mean, std), mean=mean, std=std)

grey = torch.tensor([[[0, 10], [200, 255]]], dtype=torch.uint8).repeat(3, 1, 1)
add("adjustHue", grey, lambda t: F.adjust_hue(t, 0.3), factor=0.3)

lines = ",\n".join(json.dumps(case) for case in cases)
Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n")
