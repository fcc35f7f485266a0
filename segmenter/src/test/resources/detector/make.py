"""Makes cases.json and bodies.json: what the training code's detector.py makes of maps and of masks that Java can build again from a seed.

  PYTHONPATH=segmenter/training python make.py

Cell i of plane p of case s has ((i * 7919 + p * 31 + s * 104729) % (97 + s)) as its number k; the logit is (k - shift) / 8,
smoothed over runs of `block` cells by dividing row and column, so that there are bodies and many ties; sides are k / 128. The logits of a mask are the same with 64 cells a side, plane 0 and (k - shift) / 16;
no two scores of those are equal, for which of two equal ones comes first is not said.
"""

import json
from pathlib import Path

import numpy as np

from detector import auto_prompts, bodies, boxes, has_water


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


def logits(seed, shift, block, n=64):
    row, column = np.divmod(np.arange(n * n), n)
    k = ((row // block * n + column // block) * 7919 + seed * 104729) % (97 + seed)
    return ((k - shift) / 16).reshape(n, n).astype(np.float32)


masks = []
for seed, shift, block in [(0, 40, 3), (1, 60, 3), (2, 40, 2), (2, 60, 4), (2, 90, 6), (2, 90, 8), (4, 40, 3)]:
    head = maps(seed, 60, 4)
    found = [[*map(float, box), score] for box, score in bodies(head, logits(seed, shift, block))]
    masks.append({"seed": seed, "shift": shift, "block": block, "boxes": [[*map(float, box), score] for box, score in boxes(head)], "bodies": found})
Path(__file__).with_name("bodies.json").write_text("[\n" + ",\n".join(json.dumps(m) for m in masks) + "\n]\n")
for m in masks:
    print(m["seed"], len(m["bodies"]), min(a[4] - b[4] for a, b in zip(m["bodies"], m["bodies"][1:])))
