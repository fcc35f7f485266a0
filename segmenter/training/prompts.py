"""Prompts sampled from the ground truth, and detector targets. Masks are at stride 4; places are fractions of the frame (0..1).

What a prompt asks for: points alone, all the water in the frame; a box, the water inside the box (with points or without).
The multimask tokens answer one wet point with the water body under it.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

FRAME = [(0.0, 0.0), (1.0, 1.0)], [2, 3]


def components(mask, least=0.0005):
    """8-connected bodies of a bool mask, largest first, tiny ones dropped -> [(bool mask, box x0,y0,x1,y1)]"""
    h, w = mask.shape
    label, _ = ndimage.label(mask, structure=np.ones((3, 3)))
    out = []
    for i, (ys, xs) in enumerate(ndimage.find_objects(label), 1):
        area = (label[ys, xs] == i).sum()
        if area >= least * h * w:
            out.append((area, i, (xs.start / w, ys.start / h, xs.stop / w, ys.stop / h)))
    out.sort(key=lambda t: -t[0])
    return [(label == i, box) for _, i, box in out]


def pick(mask, n, rng, interior=0.5):
    """n random points of a bool mask; each with probability `interior` from its deeper half"""
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return []
    h, w = mask.shape
    deep, out = None, []
    for _ in range(n):
        if rng.random() < interior:
            if deep is None:
                d = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
                deep = np.nonzero(d >= 0.5 * d.max())
            k = rng.integers(len(deep[0]))
            y, x = deep[0][k], deep[1][k]
        else:
            k = rng.integers(len(ys))
            y, x = ys[k], xs[k]
        out.append(((x + 0.5) / w, (y + 0.5) / h))
    return out


def pack(sets, device="cpu"):
    """[(points, labels)] -> xy [N,P,2], labels [N,P] on the device; free slots carry label -1"""
    slots = max(len(s[0]) for s in sets)
    xy, labels = torch.zeros(len(sets), slots, 2), torch.full((len(sets), slots), -1.0)
    for i, (p, l) in enumerate(sets):
        xy[i, : len(p)], labels[i, : len(p)] = torch.tensor(p, dtype=torch.float32), torch.tensor(l, dtype=torch.float32)
    return xy.to(device), labels.to(device)


def inside(box, h, w):
    """float [h,w]: 1 for cells whose centre is in the box"""
    x0, y0, x1, y1 = box
    xs, ys = (np.arange(w) + 0.5) / w, (np.arange(h) + 0.5) / h
    return (((ys >= y0) & (ys <= y1))[:, None] & ((xs >= x0) & (xs <= x1))[None]).astype(np.float32)


def all_water(water, seen, rng):
    """Points anywhere, or the frame -> (points, labels)"""
    if rng.random() < 0.3:
        return FRAME
    wet = pick((water > 0.5) & (seen > 0), rng.integers(1, 6), rng)
    dry = pick((water < 0.2) & (seen > 0), rng.integers(0, 4), rng)
    return (wet + dry, [1] * len(wet) + [0] * len(dry)) if wet or dry else FRAME


def box_prompt(water, seen, bodies, rng):
    """A body's box, shaken, or any window; half the time with a wet point -> (points, labels), target, weight (near the box)"""
    h, w = water.shape
    if bodies and rng.random() < 0.6:
        x0, y0, x1, y1 = bodies[rng.integers(min(8, len(bodies)))][1]
        dx, dy = 0.08 * (x1 - x0), 0.08 * (y1 - y0)
        box = tuple(np.clip(np.array([x0, y0, x1, y1]) + rng.uniform(-1, 1, 4) * (dx, dy, dx, dy), 0, 1).tolist())
    else:
        cx, cy, r = rng.random(), rng.random(), math.exp(rng.uniform(math.log(0.08), math.log(0.4)))
        box = (max(0.0, cx - r), max(0.0, cy - r), min(1.0, cx + r), min(1.0, cy + r))
    x0, y0, x1, y1 = box
    margin = 0.5 * max(x1 - x0, y1 - y0)
    target = water * inside(box, h, w)
    near = inside((x0 - margin, y0 - margin, x1 + margin, y1 + margin), h, w)
    points, labels = [box[:2], box[2:]], [2, 3]
    wet = pick((target > 0.5) & (seen > 0), 1, rng) if rng.random() < 0.4 else []
    return (points + wet, labels + [1] * len(wet)), target, seen * (0.1 + 0.9 * near)


def detector_targets(water, seen):
    """What the detector should say at stride 16: only water that can be seen counts, so that no prompt falls under a cloud.
    -> wet fraction [h,w], heat (depth in its body, 1 at the deepest) [h,w], box sides [4,h,w], box weight [h,w]"""
    wet = water * seen
    h, w = wet.shape[0] // 4, wet.shape[1] // 4
    pool = lambda a: F.avg_pool2d(torch.as_tensor(a, dtype=torch.float32)[None, None], 4)[0, 0]
    heat, box, weight = np.zeros(wet.shape, np.float32), np.zeros((4, h, w), np.float32), np.zeros((h, w), np.float32)
    cx, cy = ((np.arange(w) + 0.5) / w)[None], ((np.arange(h) + 0.5) / h)[:, None]
    for body, (x0, y0, x1, y1) in components(wet > 0.5)[:12]:
        d = ndimage.distance_transform_edt(np.pad(body, 1))[1:-1, 1:-1]
        heat = np.maximum(heat, d / d.max())
        cell = (pool(body) > 0.4).numpy()
        box[:, cell] = np.stack(np.broadcast_arrays(cx - x0, cy - y0, x1 - cx, y1 - cy))[:, cell]
        weight[cell] = 1
    heat = F.max_pool2d(torch.from_numpy(heat.astype(np.float32))[None, None], 4)[0, 0]
    return pool(wet), heat, torch.from_numpy(box).clamp(0, 1), torch.from_numpy(weight)
