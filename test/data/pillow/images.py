"""Writes images.json: small PNG and JPEG files and what Pillow makes of them, and the order of torchvision's ImageFolder; from
/usr/bin/python3 with Pillow 9.4, NumPy and torchvision 0.14."""
import base64
import io
import json
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from torchvision.datasets import ImageFolder

random = np.random.RandomState(0)
rgb = random.randint(0, 256, (5, 7, 3)).astype("uint8")
alpha = random.randint(0, 256, (5, 7)).astype("uint8")
rows, columns = np.mgrid[0:24, 0:36]
smooth = np.stack([columns * 6, rows * 9, (rows + columns) * 3], -1).clip(0, 255).astype("uint8")
cases = []


def add(name, data, pixels=None):
    image = Image.open(io.BytesIO(data))
    if pixels is None:
        pixels = np.asarray(image.convert("RGB"))
    grey = np.asarray(Image.fromarray(pixels).convert("L"))
    cases.append({
        "name": name,
        "file": base64.b64encode(data).decode(),
        "height": pixels.shape[0],
        "width": pixels.shape[1],
        "rgb": pixels.transpose(2, 0, 1).flatten().tolist(),
        "grey": grey.flatten().tolist(),
    })


def saved(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png_of_16_bits(numbers, colour_type):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    header = struct.pack(">IIBBBBB", numbers.shape[1], numbers.shape[0], 16, colour_type, 0, 0, 0)
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in numbers)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


full = Image.fromarray(rgb)
add("rgb.png", saved(full, "PNG"))
add("rgba.png", saved(Image.fromarray(np.dstack([rgb, alpha])), "PNG"))
add("grey.png", saved(Image.fromarray(rgb[..., 0]), "PNG"))
add("grey-alpha.png", saved(Image.fromarray(np.dstack([rgb[..., 0], alpha]), "LA"), "PNG"))
add("1-bit.png", saved(full.convert("1"), "PNG"))
add("palette.png", saved(full.quantize(7), "PNG"))
add("palette-transparent.png", saved(full.quantize(7), "PNG", transparency=3))
deep = random.randint(0, 65536, (5, 7, 3)).astype("uint16")
add("16-bit.png", png_of_16_bits(deep, 2))
# Pillow 9.4 clips a grey one to 255; the upper 8 bits are those that it takes of colours.
add("16-bit-grey.png", png_of_16_bits(deep[..., 0], 0), np.repeat((deep[..., :1] >> 8).astype("uint8"), 3, axis=2))

soft = Image.fromarray(smooth)
turned = Image.Exif()
turned[0x112] = 6
add("rgb.jpg", saved(soft, "JPEG", quality=90))
add("progressive.jpg", saved(soft, "JPEG", quality=90, progressive=True))
add("full-colour.jpg", saved(soft, "JPEG", quality=95, subsampling=0))
add("grey.jpg", saved(soft.convert("L"), "JPEG", quality=90))
add("inks.jpg", saved(soft.convert("CMYK"), "JPEG", quality=95))
add("turned-by-exif.jpg", saved(soft, "JPEG", quality=90, exif=turned))

paths = ["b/10.png", "b/9.PNG", "b/z/0.jpg", "b/a.jpeg", "B/é.png", "a/notes.txt", "a/_.png", "é/1.png"]
with tempfile.TemporaryDirectory() as folder:
    for path in paths:
        (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
        (Path(folder) / path).write_bytes(saved(full, "PNG"))
    dataset = ImageFolder(folder)
    order = {
        "paths": paths,
        "classes": dataset.classes,
        "samples": [[str(Path(path).relative_to(folder)), label] for path, label in dataset.samples],
    }

Path(__file__).with_name("images.json").write_text(json.dumps({"images": cases, "folder": order}))
