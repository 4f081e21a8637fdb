"""Reads a folder of event files with TensorBoard's own package, and prints what it found as JSON."""

import io
import json
import sys

from PIL import Image
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.util import tensor_util


def picture(event):
    image = Image.open(io.BytesIO(event.encoded_image_string))
    return {"step": event.step, "mode": image.mode, "size": image.size, "pixels": list(image.tobytes())}


def main(folder):
    everything = {
        kind: 0 for kind in (event_accumulator.SCALARS, event_accumulator.IMAGES, event_accumulator.TENSORS)
    }
    everything |= {event_accumulator.HISTOGRAMS: 0}
    events = event_accumulator.EventAccumulator(folder, size_guidance=everything).Reload()
    tags = events.Tags()
    print(
        json.dumps(
            {
                "version": events.file_version,
                "scalars": {tag: [[e.step, e.wall_time, e.value] for e in events.Scalars(tag)] for tag in tags["scalars"]},
                "histograms": {
                    tag: [
                        {
                            "step": e.step,
                            "num": e.histogram_value.num,
                            "limits": list(e.histogram_value.bucket_limit),
                            "counts": list(e.histogram_value.bucket),
                        }
                        for e in events.Histograms(tag)
                    ]
                    for tag in tags["histograms"]
                },
                "images": {tag: [picture(e) for e in events.Images(tag)] for tag in tags["images"]},
                "texts": {
                    tag: [
                        [e.step, tensor_util.make_ndarray(e.tensor_proto).item().decode()] for e in events.Tensors(tag)
                    ]
                    for tag in tags["tensors"]
                },
            }
        )
    )


main(sys.argv[1])
