"""Makes cases.json: what the training code's detector.py makes of maps that Java can build again from a seed.

  PYTHONPATH=segmenter/training python make.py

Cell i of plane p of case s has ((i * 7919 + p * 31 + s * 104729) % (97 + s)) as its number k; the logit is (k - shift) / 8,
smoothed over runs of `block` cells by dividing row and column, so that there are bodies and many ties; sides are k / 128.
"""

import json
from pathlib import Path

import numpy as np

from detector import auto_prompts, boxes, has_water


def maps(seed, shift, block, n=32):
    row, column = np.divmod(np.arange(n * n), n)
    i = row // block * n + column // block
    planes = []
    for p in range(6):
        k = (i * 7919 + p * 31 + seed * 104729) % (97 + seed)
        planes.append((k - shift) / 8 if p < 2 else k % 64 / 128)
    return np.stack(planes).reshape(6, n, n).astype(np.float32)


cases = []
for seed, (shift, block) in enumerate([(30, 1), (60, 4), (85, 8), (95, 3), (110, 2), (140, 1), (40, 16), (90, 6), (20, 5), (70, 11), (99, 10), (60, 32)]):
    m = maps(seed, shift, block)
    points, labels = auto_prompts(m)
    cases.append({"seed": seed, "shift": shift, "block": block, "has_water": has_water(m), "points": points, "labels": labels,
                  "boxes": [[*map(float, box), score] for box, score in boxes(m)]})
Path(__file__).with_name("cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
for c in cases:
    print(c["seed"], c["has_water"], c["labels"], len(c["boxes"]))
