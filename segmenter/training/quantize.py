"""Adds the int8 variant to a model folder: encoder.int8.onnx, and its entry in model.json.

  python quantize.py --model ../models/riada-lite --photographs DIR --tiles DIR --patches DIR --vectors ../src/test/resources/vectors

Static quantisation, weights per channel, activations by their range on training pictures: photographs of the split's train part,
simulator tiles of TILES/train and satellite patches of both sensors, a quarter each. In float32 stay (--keep) the first convolution, which is no slower so, and the last one of
each head, whose outputs are the logits that thresholds cut. The decoder is shared: it stays as it is. Every run with the same files gives the same bytes.

--vectors writes int8.json and what it names: the int8 encoder's answers to the pictures that vectors.py drew there, in the form of
its vectors.json. The Java test holds the Java runtime to them.
"""

import argparse
import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image

from data import patches, photographs, square, tiles
from export import fold_pads

VARIANT, FILE = "int8", "encoder.int8.onnx"
OUTPUTS = ["embedding", "maps", "sky"]
KEEP = ("/encoder/_conv_stem/", "/encoder/Clip", "/detector/out/", "/sky/out/")


class Pictures(CalibrationDataReader):
    """One normalised picture at a time, as the encoder is served it."""

    def __init__(self, images):
        self.left = iter(images)

    def get_next(self):
        image = next(self.left, None)
        return None if image is None else {"image": square(image)[None].numpy()}


def calibration(sources, n):
    """n pictures, spread evenly over the sources and over each"""
    spread = lambda images, k: [images[i] for i in np.linspace(0, len(images) - 1, min(k, len(images))).astype(int)]
    return [image for images in sources for image in spread(images, n // len(sources))]


def quantise(source, target, images, keep, method, reduce_range):
    """-> names of the nodes that stay in float32"""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        # Folds the half-precision casts into float32 weights and activations into convolutions.
        quant_pre_process(source, plain, skip_symbolic_shape=True)
        model = onnx.load(plain)
        fold_pads(model)  # a graph exported before export.py did so
        onnx.save(model, plain)
        nodes = [n.name for n in model.graph.node]
        kept = [n for n in nodes if n.startswith(tuple(keep))] if keep else []
        quantize_static(plain, target, Pictures(images), quant_format=QuantFormat.QDQ, per_channel=True, calibrate_method=method,
                        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=kept, reduce_range=reduce_range,
                        extra_options={"CalibMovingAverage": False})  # the whole range of what was seen
    model = onnx.load(target)
    # Of the tools' own: paths and versions, which would make equal graphs unequal files.
    del model.metadata_props[:]
    onnx.save(model, target)
    return kept


def session(file):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def vectors(folder, entry, out):
    run, pictures = session(folder / FILE), []
    for name in ("river", "cloud", "dry"):
        image = square(np.asarray(Image.open(out / f"{name}.png").convert("RGB")))[None].numpy()
        tensors = {"name": name, "picture": f"{name}.png"}
        for part, value, every in zip(OUTPUTS, run.run(OUTPUTS, {"image": image}), (97, 7, 31)):
            value.reshape(-1)[::every].astype("<f4").tofile(out / f"{name}-{VARIANT}-{part}.bin")
            tensors[part] = {"file": f"{name}-{VARIANT}-{part}.bin", "shape": list(value.shape), "every": every}
        pictures.append(tensors)
    index = {"encoder_sha256": entry["sha256"], "onnxruntime": ort.__version__, "pictures": pictures}
    (out / f"{VARIANT}.json").write_text(json.dumps(index, indent=1) + "\n")


def differences(folder, images):
    """Largest and mean difference of each output on one picture after the other, int8 against float32"""
    a, b = session(folder / "encoder.onnx"), session(folder / FILE)
    for name in OUTPUTS:
        far = [np.abs(a.run([name], x)[0] - b.run([name], x)[0]) for x in ({"image": square(i)[None].numpy()} for i in images)]
        print(f"{name}: int8 differs by {np.mean(far):.4f} on average, {np.max(far):.3f} at most")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--model", type=Path, required=True)
    ap.add_argument("--photographs", required=True)
    ap.add_argument("--tiles", required=True, help="folder with train/ of simulator tiles")
    ap.add_argument("--patches", required=True)
    ap.add_argument("--pictures", type=int, default=64)
    ap.add_argument("--method", choices=[m.name for m in CalibrationMethod], default="MinMax")
    ap.add_argument("--keep", nargs="*", default=KEEP, help="prefixes of the nodes that stay in float32")
    ap.add_argument("--reduce-range", action="store_true", help="weights of 7 bits: for CPUs without VNNI, whose sums would overflow")
    ap.add_argument("--vectors", type=Path, help="folder of the Java tests' vectors")
    ap.add_argument("--default", action=argparse.BooleanOptionalAction, default=True, help="what the CPU runs when nobody says otherwise")
    a = ap.parse_args()
    logging.getLogger().setLevel(logging.ERROR)
    sources = [[image for _, image, _ in photographs(a.photographs, "train")], [image for _, image, *_ in tiles(Path(a.tiles) / "train")]]
    sources += [[pictures[kind] for _, pictures, _ in patches(a.patches, "train")] for kind in ("s2_after", "s1_after")]
    images = calibration(sources, a.pictures)
    new = a.model / (FILE + ".new")
    kept = quantise(a.model / "encoder.onnx", new, images, a.keep, CalibrationMethod[a.method], a.reduce_range)
    os.replace(new, a.model / FILE)
    path = a.model / "model.json"
    card = json.loads(path.read_text())
    entry = {"path": FILE, "sha256": hashlib.sha256((a.model / FILE).read_bytes()).hexdigest()}
    card.setdefault("variants", {})[VARIANT] = {"files": {"encoder": entry}}
    card["default_variant"] = VARIANT if a.default else "fp32"
    (a.model / "model.json.new").write_text(json.dumps(card, indent=2) + "\n")
    os.replace(a.model / "model.json.new", path)
    print(f"{FILE}: {(a.model / FILE).stat().st_size / 1e6:.2f} MB, calibrated on {len(images)} pictures; in float32: {', '.join(kept) or 'nothing'}")
    if a.vectors:
        vectors(a.model, entry, a.vectors)
    differences(a.model, images[:: max(1, len(images) // 8)])


if __name__ == "__main__":
    main()
