"""From the detector's maps to prompts. No randomness; the Java code is a port of this file, step by step.

maps [6,H,W] (H = W = 32) per stride-16 cell: wet logit, heat logit, box sides l,t,r,b in fractions of the frame.
wet and heat below are the sigmoids of their logits, in float32. The centre of cell (row, column) is at pixel
x = 16 * column + 7.5, y = 16 * row + 7.5 (a pixel's own centre is at its integer coordinate).

Automatic mask of a tile
  1. If the largest wet of all cells is below NO_WATER, the mask is empty and the decoder is not asked.
  2. Wet points: cells with score = wet * heat >= WET_LEAST, in the order of falling score, ties by lower row, then lower
     column. Each is taken unless it is nearer than WET_APART cells (chessboard distance, max(|rows|, |columns|)) to one
     already taken. At most WET_POINTS.
  3. Dry points: a cell is dry if wet < DRY_BELOW. Its depth is the chessboard distance to the nearest cell that is not
     dry (cells outside the frame do not count), or H if every cell is dry. Candidates are dry cells of depth >=
     DRY_DEPTH, in the order of falling depth, then rising wet, then lower row, then lower column. Each is taken unless
     it is nearer than DRY_APART cells to a dry point already taken. At most DRY_POINTS.
  4. The prompt set is the wet points (label 1) in that order, then the dry points (label 0). If there is neither, it is
     the frame as a box: (0, 0) with label 2, (511, 511) with label 3.
  5. Token 0's logits, upsampled bilinearly (half-pixel centres) to the tile, are water where > 0.

Boxes, for reports: cells with score >= BOX_LEAST in the same order as wet points; the box (cx - l, cy - t, cx + r, cy + b) around
the cell's centre ((column + 0.5) / W, (row + 0.5) / H), clipped to 0..1, in fractions; one is kept unless its IoU with a kept
one is >= BOX_NMS. At most BOXES, each with its score.

Bodies, what a report calls the water bodies of a picture: the head's boxes are blurred where bodies are thin, and the automatic
mask alone does not say where two bodies meet, so the mask is cut at several levels of its probability. Candidates are the boxes of
the 8-connected components of at least BODY_LEAST of the cells where probability > level, for each of LEVELS, with the score
mean probability * area ** BODY_POWER (area as a share of the frame), times OTHER_LEVEL unless the level is 0.5; and the head's boxes with
their score * HEAD_SHARE. In the order of falling score one is kept unless its IoU with a kept one is >= BOX_NMS. At most BODIES.
"""

import numpy as np
from scipy import ndimage

NO_WATER = 0.35
WET_POINTS, WET_LEAST, WET_APART = 5, 0.2, 6
DRY_POINTS, DRY_BELOW, DRY_DEPTH, DRY_APART = 3, 0.1, 2, 8
BOXES, BOX_LEAST, BOX_NMS = 12, 0.15, 0.5
LEVELS, BODY_LEAST, BODY_POWER, OTHER_LEVEL, HEAD_SHARE, BODIES = (0.2, 0.35, 0.5, 0.65, 0.8), 0.001, 0.3, 0.7, 0.1, 24
CELL = 16


def constants():
    """What model.json tells the port."""
    return {"no_water": NO_WATER, "wet_points": WET_POINTS, "wet_least": WET_LEAST, "wet_apart": WET_APART, "dry_points": DRY_POINTS,
            "dry_below": DRY_BELOW, "dry_depth": DRY_DEPTH, "dry_apart": DRY_APART, "boxes": BOXES, "box_least": BOX_LEAST, "box_nms": BOX_NMS}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def has_water(maps):
    return bool(sigmoid(maps[0]).max() >= NO_WATER)


def spread(rows, columns, n, apart):
    """The first n of the given cells, in their order, that keep `apart` cells from each other."""
    out = []
    for r, c in zip(rows.tolist(), columns.tolist()):
        if all(max(abs(r - y), abs(c - x)) >= apart for y, x in out):
            out.append((r, c))
            if len(out) == n:
                break
    return out


def depth(dry):
    """Chessboard distance of every dry cell to the nearest cell that is not dry: one erosion a step."""
    h, w = dry.shape
    if dry.all():
        return np.full((h, w), h)
    d, left = np.zeros((h, w), int), dry.copy()
    while left.any():
        d += left
        p = np.pad(left, 1, constant_values=True)
        left = np.logical_and.reduce([p[y : y + h, x : x + w] for y in range(3) for x in range(3)])
    return d


def auto_prompts(maps, size=512):
    """-> points [(x, y)] in pixels of a size x size tile, labels. size other than 512 is for training only."""
    wet, heat = sigmoid(maps[0]), sigmoid(maps[1])
    score = wet * heat
    r, c = np.nonzero(score >= WET_LEAST)
    order = np.lexsort((c, r, -score[r, c]))
    wet_cells = spread(r[order], c[order], WET_POINTS, WET_APART)
    dry = wet < DRY_BELOW
    deep = depth(dry)
    r, c = np.nonzero(dry & (deep >= DRY_DEPTH))
    order = np.lexsort((c, r, wet[r, c], -deep[r, c]))
    dry_cells = spread(r[order], c[order], DRY_POINTS, DRY_APART)
    points = [(CELL * x + CELL / 2 - 0.5, CELL * y + CELL / 2 - 0.5) for y, x in wet_cells + dry_cells]
    if not points:
        return [(0.0, 0.0), (size - 1.0, size - 1.0)], [2, 3]
    return points, [1] * len(wet_cells) + [0] * len(dry_cells)


def box_iou(a, b):
    i = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    area = lambda t: (t[2] - t[0]) * (t[3] - t[1])
    return i / (area(a) + area(b) - i + 1e-9)


def boxes(maps):
    """-> [((x0, y0, x1, y1) in fractions of the frame, score)]"""
    score = sigmoid(maps[0]) * sigmoid(maps[1])
    h, w = score.shape
    rows, columns = np.nonzero(score >= BOX_LEAST)
    out = []
    for i in np.lexsort((columns, rows, -score[rows, columns])):
        r, c = rows[i], columns[i]
        left, top, right, bottom = (float(v) for v in maps[2:, r, c])
        x, y = (c + 0.5) / w, (r + 0.5) / h
        box = (max(0.0, x - left), max(0.0, y - top), min(1.0, x + right), min(1.0, y + bottom))
        if all(box_iou(box, kept) < BOX_NMS for kept, _ in out):
            out.append((box, float(score[r, c])))
            if len(out) == BOXES:
                break
    return out


def bodies(maps, logits):
    """maps and the logits [h,w] of the automatic mask -> [((x0, y0, x1, y1) in fractions of the frame, score)], the surest first"""
    p = sigmoid(logits.astype(np.float64))
    h, w = p.shape
    candidates = [(box, HEAD_SHARE * score) for box, score in boxes(maps)]
    for level in LEVELS:
        label, _ = ndimage.label(p > level, structure=np.ones((3, 3)))
        for i, (ys, xs) in enumerate(ndimage.find_objects(label), 1):
            body = label[ys, xs] == i
            share = body.sum() / (h * w)
            if share >= BODY_LEAST:
                score = p[ys, xs][body].mean() * share**BODY_POWER * (1 if level == 0.5 else OTHER_LEVEL)
                candidates.append(((xs.start / w, ys.start / h, xs.stop / w, ys.stop / h), float(score)))
    out = []
    for box, score in sorted(candidates, key=lambda c: -c[1]):
        if len(out) < BODIES and all(box_iou(box, kept) < BOX_NMS for kept, _ in out):
            out.append((box, score))
    return out
