"""Pictures for training: photographs with water masks, simulator tiles, satellite patches, and clouds laid over all but radar.

Pictures are squashed to a square (each axis by itself): no input cell is wasted on padding. All randomness comes from
the generator handed in.

  python data.py --photographs DIR --patches DIR     writes split.csv and patches.csv anew (the committed ones came from this)
  python data.py --photographs DIR --links OUT [--folds K --fold I]     OUT/image and OUT/mask: links to the dev pictures, for `riada evaluate`
  python data.py --patches DIR --links OUT --event A B --sensor s1|s2         links to the patches numbered A to B - 1, pairs as `riada finetune` takes them:
                                                                              20 of them, drawn by seed 0, in OUT/learn, the others in OUT/rest
"""

import argparse
import csv
import math
import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from scipy import ndimage
from skimage.segmentation import felzenszwalb

from model import MEAN, STD
from prompts import components, detector_targets
from running import stop

SPLIT, EVENTS = Path(__file__).with_name("split.csv"), Path(__file__).with_name("patches.csv")
CACHE_SIDE = 768
# A cloud this opaque hides the ground; between VEIL and HIDES is neither clear nor cloud, and the sky head is left alone there.
VEIL, HIDES = 0.3, 0.5
# The same for shadows, in shares of the light that is gone.
DIM, SHADOW = 0.15, 0.3


# ------------------------------------------------------------------------------------------------- files
def read(path, mode):
    """A picture's pixels, uint8"""
    try:
        return np.asarray(Image.open(path).convert(mode))
    except OSError as e:
        stop(f"{path} cannot be read ({e.strerror or e}); put the picture there, whole, or its set anew")


def pairs(root):
    """The rows of pairs.csv"""
    path = Path(root) / "pairs.csv"
    if not path.is_file():
        stop(f"there is no {path}; --photographs names the folder of the Flood Area Segmentation set: pairs.csv, image/ and mask/")
    return list(csv.DictReader(open(path)))


def write_split(root, dev_share=0.15, seed=0):
    """Train and dev by duplicate group, never by picture: frames of one scene must not be on both sides."""
    rows = pairs(root)
    groups = sorted({r["dup_group"] for r in rows})
    random.Random(seed).shuffle(groups)
    dev = set(groups[: int(len(groups) * dev_share)])
    with open(SPLIT, "w") as f:
        f.write("picture,part\n")
        f.writelines(f"{Path(r['image']).name},{'dev' if r['dup_group'] in dev else 'train'}\n" for r in rows)


def folds(root, k, seed=0):
    """All pictures in k parts of nearly equal size for cross-validation, a duplicate group never in two of them -> [set of names]"""
    groups = {}
    for r in pairs(root):
        groups.setdefault(r["dup_group"], []).append(Path(r["image"]).name)
    if not 2 <= k <= len(groups):
        raise SystemExit(f"there are {len(groups)} duplicate groups, so 2 to {len(groups)} folds; {k} were asked for")
    order = sorted(groups)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda g: -len(groups[g]))
    out = [set() for _ in range(k)]
    for g in order:  # the largest first, each to the emptiest
        min(out, key=len).update(groups[g])
    return out


def parts(root, fold=None):
    """{name: train or dev}: by split.csv, or for fold = (i, k) with the i-th of k folds as dev"""
    if fold is None:
        return {r["picture"]: r["part"] for r in csv.DictReader(open(SPLIT))}
    i, k = fold
    if not 0 <= i < k:
        raise SystemExit(f"folds are numbered from 0 to {k - 1}; there is no fold {i}")
    return {name: "dev" if j == i else "train" for j, names in enumerate(folds(root, k)) for name in names}


def photographs(root, part, fold=None):
    """-> [(name, uint8 RGB [h,w,3], bool water [h,w])] at full size; fold as in parts()"""
    part_of = parts(root, fold)
    out = []
    for r in pairs(root):
        name = Path(r["image"]).name
        if name not in part_of:
            stop(f"{root}/pairs.csv lists {name}, of which {SPLIT.name} does not say whether it trains; write the split anew with data.py --photographs {root}")
        if part_of[name] == part:
            out.append((name, read(Path(root) / r["image"], "RGB"), read(Path(root) / r["mask"], "L") > 127))
    return out


def link(root, out, fold=None):
    """Links to the dev pictures and their masks, in the folders that the Java evaluation reads"""
    part_of, root = parts(root, fold), Path(root).resolve()
    for r in pairs(root):
        if part_of[Path(r["image"]).name] == "dev":
            for kind in ("image", "mask"):
                to = out / kind / Path(r[kind]).name
                to.parent.mkdir(parents=True, exist_ok=True)
                to.unlink(missing_ok=True)
                to.symlink_to(root / r[kind])


def link_event(root, out, first, end, sensor, learn=20):
    """Links to the before and after pictures of an event and their masks of flood: `learn` of them to be learnt from, the others to measure on"""
    names = sorted(p.stem for p in (Path(root) / "mask").glob("*.png") if first <= int(p.stem.split("_")[1]) < end)
    if len(names) <= learn:
        stop(f"{root}/mask has {len(names)} patches numbered {first} to {end - 1}, and more than {learn} are needed; name a longer run")
    random.Random(0).shuffle(names)
    for i, name in enumerate(names):
        for kind, source in (("before", f"{sensor}_before"), ("after", f"{sensor}_after"), ("mask", "mask")):
            picture = (Path(root) / source / name).resolve().with_suffix(".png" if kind == "mask" else ".jpg")
            to = out / ("learn" if i < learn else "rest") / kind / picture.name
            to.parent.mkdir(parents=True, exist_ok=True)
            to.unlink(missing_ok=True)
            to.symlink_to(picture)


def tiles(root):
    """Simulator tiles -> [(name, uint8 RGB [512,512,3], bool water, bool cloud, bool shadow)]"""
    out, paths = [], sorted((Path(root) / "image").glob("*.png"))
    if not paths:
        stop(f"there are no tiles in {root}/image; --tiles names the folder whose train/ and dev/ `riada simulate` filled, as README.md says")
    for path in paths:
        sky = read(Path(root) / "cloud" / path.name, "L")
        out.append((path.stem, read(path, "RGB"), read(Path(root) / "mask" / path.name, "L") > 127, sky > 191, (sky > 63) & (sky <= 191)))
    return out


def write_events(root):
    """Patches by event: numbers near each other are neighbours on the ground and share edges, so whole runs of numbers are dev, and the
    ten on either side of a run are left out."""
    runs = [(180, 260), (430, 500), (700, 1000)]

    def part(n):
        near = lambda more: any(a - more <= n < b + more for a, b in runs)
        return "dev" if near(0) else "gap" if near(10) else "train"

    with open(EVENTS, "w") as f:
        f.write("patch,part\n")
        f.writelines(f"{p.stem},{part(int(p.stem.split('_')[1]))}\n" for p in sorted((Path(root) / "mask").glob("*.png")))


def water_index(image):
    """Water by the modified normalised difference of B3 and B11 (B3 > B11), speckle smoothed away; uint8 [h,w,3] of B11, B8, B3 -> bool [h,w]"""
    return ndimage.median_filter((image[..., 2] > image[..., 0]).astype(np.uint8), 5) > 0


def patches(root, part):
    """Sentinel-2 and Sentinel-1 patches before and after floods -> [(name, {"s2_before": uint8 RGB, ...}, bool flood [256,256])]"""
    out, root, kinds = [], Path(root), ("s2_before", "s2_after", "s1_before", "s1_after")
    for kind in (*kinds, "mask"):
        if not (root / kind).is_dir():
            stop(f"there is no {root / kind}; --patches names the folder of the OMBRIA set: mask/, {', '.join(f'{k}/' for k in kinds)}")
    for r in csv.DictReader(open(EVENTS)):
        if r["part"] == part:
            n = r["patch"]
            out.append((n, {k: read(root / k / f"{n}.jpg", "RGB") for k in kinds}, read(root / "mask" / f"{n}.png", "L") > 127))
    return out


def patch_pictures(root, part):
    """Their masks mark flood only, the model learns water: before a flood that is the water index outside the flood; afterwards flood joins
    it. Of radar what is known dry and was never flooded counts for a third: it is most of a patch, and weighed alike a model calls flood dry
    when in doubt. -> [Picture]"""
    out = []
    for _, images, flood in patches(root, part):
        before = water_index(images["s2_before"]) & ~flood
        after = before | flood
        sure = np.where(after, 255, 85).astype(np.uint8)
        for kind, image in images.items():
            water = before if kind.endswith("before") else after
            stack = planes(image, water)
            if kind.startswith("s1"):
                stack[6] = torch.from_numpy(sure)
            out.append(Picture(stack, False, kind[:2]))
    return out


@dataclass(frozen=True)
class Picture:
    """planes: see below; painted: by the simulator, so that masks are exact at the pixel and scale and light are those that are served;
    sensor: rgb, s2 (B11, B8, B3) or s1 (VV)"""

    planes: torch.Tensor
    painted: bool
    sensor: str = "rgb"


def planes(image, *masks):
    """-> uint8 [7,h,w]: RGB, water, cloud and shadow (zero where none are given), how sure the label is, as one stack, at most CACHE_SIDE wide"""
    h, w = image.shape[:2]
    k = min(1, CACHE_SIDE / max(h, w))
    size = (round(w * k), round(h * k))
    small = lambda a: np.asarray(Image.fromarray(a).resize(size, Image.BILINEAR))
    stack = [*small(image).transpose(2, 0, 1), *(small(m.astype(np.uint8) * 255) for m in masks)]
    stack += [np.zeros(size[::-1], np.uint8)] * (6 - len(stack)) + [np.full(size[::-1], 255, np.uint8)]
    return torch.from_numpy(np.stack(stack))


def square(image, size=512):
    """uint8 RGB [h,w,3] -> normalised [3,size,size]"""
    a = np.asarray(Image.fromarray(image).resize((size, size), Image.BILINEAR), np.float32)
    return torch.from_numpy((a - MEAN) / STD).permute(2, 0, 1).contiguous()


# ------------------------------------------------------------------------------------------------- augmentation
def window(picture, size, rng):
    """A random window (scale, aspect, rotation, flips) -> RGB 0..255 [3,s,s], water, cloud, shadow, sureness 0..1 [4,s,s]"""
    h, w = picture.planes.shape[1:]
    if picture.painted and min(h, w) > size and rng.random() < 0.7:  # pixel for pixel: nothing blurs an exact edge
        y, x = rng.integers(h - size + 1), rng.integers(w - size + 1)
        p = torch.rot90(picture.planes[:, y : y + size, x : x + size], int(rng.integers(4)), (1, 2)).float()
        p = p.flip(2) if rng.random() < 0.5 else p
        return p[:3], p[3:] / 255
    # Smaller windows at the smaller training size: things keep the scale they have at 512.
    s = rng.uniform(*((0.4, 0.85) if size < 512 else (0.55, 1.0))) if rng.random() < 0.85 else 1.0
    if picture.sensor != "rgb":  # patches of 256 px are served at twice their size
        s = min(1.0, size / (2 * max(h, w)) * math.exp(rng.uniform(-0.3, 0.3)))
    aspect = math.exp(rng.uniform(-0.25, 0.25)) if s < 1 else 1.0
    sx, sy = min(1, s * aspect), min(1, s / aspect)
    angle = math.radians(rng.normal(0, 12)) if rng.random() < 0.5 else 0.0
    flip, turn = (-1 if rng.random() < 0.5 else 1), (-1 if rng.random() < 0.1 else 1)
    tx, ty = rng.uniform(sx - 1, 1 - sx), rng.uniform(sy - 1, 1 - sy)
    c, d = math.cos(angle), math.sin(angle)
    theta = torch.tensor([[flip * sx * c, -sy * d, tx], [sx * d, turn * sy * c, ty]], dtype=torch.float32)[None]
    grid = F.affine_grid(theta, (1, 1, size, size), align_corners=False)
    y = F.grid_sample(picture.planes.float()[None], grid, padding_mode="reflection", align_corners=False)[0]
    return y[:3], y[3:] / 255


def colour(x, rng, strength=1.0):
    x = x / 255
    if rng.random() < 0.8:
        x = x.clamp(1e-4, 1) ** math.exp(rng.normal(0, 0.25) * strength)
        x = (x - x.mean()) * math.exp(rng.normal(0, 0.2) * strength) + x.mean() * math.exp(rng.normal(0, 0.15) * strength)
        grey = x.mean(0, keepdim=True)
        x = grey + (x - grey) * math.exp(rng.normal(0, 0.35) * strength)
        x = x * torch.from_numpy(np.exp(rng.normal(0, 0.1, 3) * strength).astype(np.float32))[:, None, None]
    if rng.random() < 0.05 * strength:
        x = x.mean(0, keepdim=True).expand(3, -1, -1)
    if rng.random() < 0.1:
        x = x + torch.from_numpy(rng.normal(0, 0.03, x.shape).astype(np.float32))
    return x.clamp(0, 1) * 255


def fractal(h, w, rng, coarse, octaves=5):
    """Smooth noise [h,w] with mean 0: each octave twice as fine and about half as strong"""
    out, strength = torch.zeros(h, w), 1.0
    for k in range(octaves):
        n = coarse * 2**k
        grid = torch.from_numpy(rng.normal(0, 1, (1, 1, math.ceil(n) + 3, math.ceil(n) + 3)).astype(np.float32))
        out += strength * F.interpolate(grid, (h, w), mode="bicubic", align_corners=True)[0, 0]
        strength *= rng.uniform(0.4, 0.65)
    return out


def lay_clouds(x, rng):
    """RGB 0..255 [3,s,s] -> the same under clouds, their opacity [s,s], the share of light that their shadows take [s,s]"""
    s = x.shape[1]
    big = int(1.5 * s)
    noise = fractal(big, big, rng, rng.choice([1, 2, 3, 5, 8]))
    cover = 1.0 if rng.random() < 0.08 else rng.uniform(0.03, 0.75)
    edge = math.exp(rng.uniform(math.log(0.05), math.log(0.5))) * noise.std()
    level = noise.min() - 3 * edge if cover == 1 else torch.quantile(noise.flatten()[:: max(1, big * big // 20000)], 1 - cover)
    field = torch.sigmoid((noise - level) / edge)
    thick = rng.uniform(0.75, 1.0) if rng.random() < 0.8 else rng.uniform(0.15, 0.75)
    oy, ox = rng.integers(0, big - s + 1, 2)
    alpha = field[oy : oy + s, ox : ox + s] * thick
    shade = torch.zeros(s, s)
    if rng.random() < 0.8:  # the same field from another place: the shadow is the cloud's own shape, moved
        reach = big - s
        dy, dx = (int(np.clip(o + rng.integers(-reach // 2, reach // 2 + 1), 0, reach)) for o in (oy, ox))
        shade = field[dy : dy + s, dx : dx + s] * thick * rng.uniform(0.35, 0.75)
        shade = F.avg_pool2d(shade[None, None], 9, 1, 4, count_include_pad=False)[0, 0]
    white = rng.uniform(170, 255) + 22 * fractal(s, s, rng, 4, 4) * rng.uniform(0, 1)
    tint = torch.from_numpy(rng.normal(1, 0.02, 3).astype(np.float32))[:, None, None]
    # Shadows keep some of the sky's blue.
    blue = 1 - shade * torch.tensor([1.0, 0.97, rng.uniform(0.8, 0.97)])[:, None, None]
    return (x * blue * (1 - alpha) + white * tint * alpha).clamp(0, 255), alpha, shade


def regions(image):
    """Two labellings of normalised [3,s,s] at stride 4 by colour: small things and large ones -> int16 [2,s/4,s/4], 0.. each"""
    rgb = F.avg_pool2d(image[None], 4)[0].permute(1, 2, 0).numpy() * STD + MEAN
    return np.stack([felzenszwalb(rgb / 255, scale=k, sigma=0.6, min_size=m) for k, m in ((0.8, 30), (4, 120))]).astype(np.int16)


class Sample:
    """One training picture, float32: image [3,s,s] normalised; at stride 4, or another that was asked for, water (soft), seen (weight of the
    water loss), sky [2,...] (soft cloud and shadow) and sky_weight. batch() hands out numpy arrays. What follows from them is made when it is
    first asked for, draws nothing, and stays: a worker can have made it before."""

    def __init__(self, image, water, seen, sky, sky_weight):
        self.image, self.water, self.seen, self.sky, self.sky_weight = image, water, seen, sky, sky_weight

    @cached_property
    def regions(self):
        return regions(torch.from_numpy(self.image))

    @cached_property
    def bodies(self):
        """Of water that can be seen: [(bool mask, box)], largest first"""
        return components((self.water > 0.5) & (self.seen > 0))

    @cached_property
    def targets(self):
        """What the detector should say: wet, heat, box, weight"""
        return [t.numpy() for t in detector_targets(self.water, self.seen)]

    def prepare(self):
        """Makes all that follows now, and lets go of the image."""
        self.regions, self.bodies, self.targets
        self.image = None


def sample(picture, size, rng, clouds=0.4, stride=4):
    """A random view of a picture; with probability `clouds` under laid clouds."""
    x, (water, cloud, shadow, sure) = window(picture, size, rng)
    x = colour(x, rng, 1.0 if picture.sensor == "rgb" and not picture.painted else 0.3)
    weight = torch.ones(size, size)
    if picture.sensor == "s2":  # nobody drew the clouds that these have
        weight = (x.amin(0) < 130).float()
    if picture.sensor == "s1":
        x = x.mean(0, keepdim=True).expand(3, -1, -1)
    if rng.random() < clouds and picture.sensor != "s1":  # radar sees through clouds
        x, alpha, shade = lay_clouds(x, rng)
        weight = torch.maximum(weight, (alpha > HIDES).float()) * ((alpha < VEIL) | (alpha > HIDES)).float() * ((shade < DIM) | (shade > SHADOW) | (alpha > HIDES)).float()
        cloud = torch.maximum(cloud, (alpha > HIDES).float())
        shadow = torch.maximum(shadow, (shade > SHADOW).float())
        x = x + torch.from_numpy(rng.normal(0, rng.uniform(0, 4), x.shape).astype(np.float32))
    shadow = shadow * (1 - cloud)
    p = F.avg_pool2d(torch.stack([water, 1 - cloud, cloud, shadow, weight, sure])[None], stride)[0]
    return Sample((x - MEAN) / STD, p[0], (p[1] > 0.5).float() * p[5], p[2:4], p[4])


def batch(pictures, size, rng, cutmix=0.25, stride=4):
    """-> images float32 [B,3,s,s], [Sample], all numpy. Now and then a rectangle of the neighbour is pasted in. Other strides (1, 2, 4) draw the same views."""
    samples = [sample(p, size, rng, stride=stride) for p in pictures]
    whole = [(s.image, s.water, s.seen, s.sky, s.sky_weight) for s in samples]
    for i, s in enumerate(samples):
        if rng.random() < cutmix:
            q, (h, w) = size // 4, rng.uniform(0.25, 0.6, 2)
            y, x = int(rng.uniform(0, 1 - h) * q), int(rng.uniform(0, 1 - w) * q)
            parts = [t.clone() for t in whole[i]]
            for t, o, k in zip(parts, whole[(i + 1) % len(whole)], (4, *[4 // stride] * 4)):
                box = (..., slice(y * k, (y + int(h * q)) * k), slice(x * k, (x + int(w * q)) * k))
                t[box] = o[box]
            samples[i] = Sample(*parts)
    samples = [Sample(*(t.numpy() for t in (s.image, s.water, s.seen, s.sky, s.sky_weight))) for s in samples]
    return np.stack([s.image for s in samples]), samples


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--photographs")
    ap.add_argument("--patches")
    ap.add_argument("--links", type=Path)
    ap.add_argument("--folds", type=int)
    ap.add_argument("--fold", type=int)
    ap.add_argument("--event", type=int, nargs=2, metavar=("A", "B"))
    ap.add_argument("--sensor", choices=["s1", "s2"])
    a = ap.parse_args()
    if a.event:
        if not (a.patches and a.links and a.sensor):
            ap.error("--event goes with --patches, --links and --sensor")
        link_event(a.patches, a.links, *a.event, a.sensor)
    elif a.links:
        link(a.photographs, a.links, (a.fold or 0, a.folds) if a.folds else None)
    elif a.photographs:
        write_split(a.photographs)
    if a.patches and not a.event:
        write_events(a.patches)
