"""Trains riada-lite: encoder, neck, detector, sky head, prompt encoder and mask decoder together.

  python train.py photographs --photographs DIR                                from ImageNet weights, at 320 px
  python train.py photographs --photographs DIR --folds 5 --fold 0             cross-validation over all photographs: run/photographs-0of5.pt
  python train.py mixed --photographs DIR --tiles DIR                          from the former, photographs and simulator tiles
  python train.py long --photographs DIR --tiles DIR                           from the former, more of it at 384 px, batch norms folded
  python train.py sensors --photographs DIR --tiles DIR --patches DIR [--start M]  from the former (or from model folder M), satellite patches too
  python train.py prompts --photographs DIR --tiles DIR --patches DIR          from the former, all but the encoder
  python train.py whole --photographs DIR --tiles DIR --patches DIR            from the former, all parts on all sources
  python train.py further --photographs DIR --tiles DIR --patches DIR          from the former, two click asks a picture
  python train.py mending --photographs DIR --tiles DIR --patches DIR [--start M]  from the former (or from M), more satellite patches, a quarter of the asks by tokens alone
  python train.py all --photographs DIR --tiles DIR --patches DIR              all of these, one after the other; what is done is left as it is

A stage is a number of steps (times --steps-scale). Every step draws its own random numbers from (seed, stage, step): first its pictures and their
views, then, with the same generator, what is asked of them. So a run which was cut off and resumes from run/STAGE.pt goes on with the same
batches, and any number of --workers draws them too; the last bits of a picture depend on the threads that summed its mean (a worker has one).
run/STAGE.pt holds weights, their running mean and the optimiser; run/STAGE.csv what the steps yielded, run/STAGE.png the same as curves.

With --device cuda network, batches and losses are on the GPU, in float32 (cuDNN's convolutions in TF32, PyTorch's default); prompts are sampled on
the CPU. Same batches, other rounding: weights from a GPU and from a CPU are alike, not equal.
"""

import argparse
import copy
import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from curves import LOSS, TRAINING, log
from data import Picture, batch, patch_pictures, patches, photographs, planes, square, tiles
from detector import has_water
from model import RiadaLite, fold_all, load
from prompting import LIMIT, ask_model, automatic, clicks_of, first_asks, leave_undrawn
from prompts import pack
from running import add_folds, add_options, batches, cross_of, ended_by_a_sentence, folder, machine, place, stop, unfinished, written

ALL = ("encoder.", "prompt_encoder.", "mask_decoder.", "")


@dataclass(frozen=True)
class Stage:
    steps: int
    px: int  # side of the training windows
    rate: float  # multiplies all learning rates
    start: str | None  # the stage whose weights it starts from
    batch: dict  # pictures of each source: rgb, tiles, s2, s1
    clicks: int = 1  # click asks a picture
    undrawn: float = 0.0  # share of the asks that are not drawn into the mask prompt
    trained: tuple = ALL  # the parts whose weights move
    folded: bool = True  # batch norms folded into the convolutions first


STAGES = {
    "photographs": Stage(400, 320, 1.0, None, {"rgb": 8}, folded=False),
    "mixed": Stage(440, 320, 0.8, "photographs", {"rgb": 3, "tiles": 5}, folded=False),
    "long": Stage(1700, 384, 0.7, "mixed", {"rgb": 3, "tiles": 5}),
    "sensors": Stage(450, 384, 0.7, "long", {"rgb": 3, "tiles": 1, "s2": 3, "s1": 1}, clicks=0),
    "prompts": Stage(550, 384, 0.7, "sensors", {"rgb": 2, "tiles": 1, "s2": 1, "s1": 1}, clicks=2, trained=ALL[1:]),
    "whole": Stage(700, 384, 0.6, "prompts", {"rgb": 3, "tiles": 3, "s2": 1, "s1": 2}),
    "further": Stage(700, 384, 0.6, "whole", {"rgb": 4, "tiles": 3, "s2": 1, "s1": 1}, clicks=2),
    "mending": Stage(850, 384, 0.6, "further", {"rgb": 4, "tiles": 2, "s2": 2, "s1": 2}, clicks=2, undrawn=0.25),
}
DEV_EVERY, SAVE_EVERY = 200, 50
RATES = {"encoder.": 1.5e-4, "prompt_encoder.": 1e-3, "mask_decoder.": 3e-4, "": 6e-4}


# ------------------------------------------------------------------------------------------------- losses
def stacked(arrays, device):
    """Arrays of one shape -> float32 [N,...] on the device"""
    return torch.from_numpy(np.stack(list(arrays)).astype(np.float32)).to(device)


def mask_loss(logit, target, weight):
    """Weighted cross-entropy plus Dice of each mask: [N,h,w] x 3 -> [N]. Targets are soft (share of the stride-4 cell)."""
    w = weight / (weight.sum((1, 2), keepdim=True) + 1e-6)
    # Cells at an edge count twice: half of all wrong pixels lie within a cell of one.
    steep = F.max_pool2d(target[:, None], 3, 1, 1)[:, 0] + F.max_pool2d(-target[:, None], 3, 1, 1)[:, 0]
    bce = (F.binary_cross_entropy_with_logits(logit, target, reduction="none") * w * (1 + steep)).sum((1, 2))
    p = logit.sigmoid()
    return bce + 1 - (2 * (p * target * weight).sum((1, 2)) + 5) / (((p + target) * weight).sum((1, 2)) + 5)


# Least weight of what predicted IoU is judged by: far from a box cells weigh 0.1, radar's dry ground a third.
JUDGED = 0.2


@torch.no_grad()
def iou(logit, target, weight):
    p, t, w = logit > 0, target > 0.5, weight > JUDGED
    return ((p & t & w).flatten(-2).sum(-1) + 1e-3) / (((p | t) & w).flatten(-2).sum(-1) + 1e-3)


def detector_loss(maps, samples):
    wet, heat, box, weight = (stacked(t, maps.device) for t in zip(*(s.targets for s in samples)))
    p = maps[:, 1].sigmoid().detach()
    loss = F.binary_cross_entropy_with_logits(maps[:, 0], wet)
    loss = loss + 2 * (F.binary_cross_entropy_with_logits(maps[:, 1], heat, reduction="none") * (0.1 + (p - heat).abs())).mean()
    a, b = maps[:, 2:], box
    least = torch.minimum(a, b)
    inter = (least[:, 0] + least[:, 2]) * (least[:, 1] + least[:, 3])
    area = lambda t: (t[:, 0] + t[:, 2]) * (t[:, 1] + t[:, 3])
    overlap = (inter + 1e-4) / (area(a) + area(b) - inter + 1e-4)
    return loss + 0.5 * ((1 - overlap) * weight).sum() / weight.sum().clamp(min=1)


def sky_loss(sky, samples):
    target, weight = stacked((s.sky for s in samples), sky.device), stacked((s.sky_weight for s in samples), sky.device)[:, None]
    bce = (F.binary_cross_entropy_with_logits(sky, target, reduction="none") * weight).mean()
    p = sky.sigmoid()
    dice = 1 - (2 * (p * target * weight).sum((0, 2, 3)) + 20) / (((p + target) * weight).sum((0, 2, 3)) + 20)
    return 2 * bce + 0.5 * dice.mean()


# How much the loss of the whole picture and the closer look count for each kind of ask.
SHARES = {"auto": (2.0, 0.0), "box": (0.0, 1.0), "point": (0.5, 0.0), "click": (0.5, 1.0)}


def decoder_loss(masks, ious, asks):
    """Token 0 answers the prompt. Tokens 1-3 compete (least loss) for the water body under a lone wet point."""
    device = masks.device
    stack = lambda key: stacked((getattr(a, key) if getattr(a, key) is not None else a.seen for a in asks), device)
    target, seen, near = stack("target"), stack("seen"), stack("near")
    whole, close = torch.tensor([SHARES[a.kind] for a in asks]).to(device).T
    loss = (whole * mask_loss(masks[:, 0], target, seen) + close * mask_loss(masks[:, 0], target, near)).mean()
    judged = torch.stack([n if a.kind == "box" else s for a, n, s in zip(asks, near, seen)])
    loss = loss + 0.5 * F.mse_loss(ious[:, 0], iou(masks[:, 0], target, judged))
    k = [i for i, a in enumerate(asks) if a.body is not None]
    if k:
        m, t, w = masks[k, 1:], stacked((asks[i].body for i in k), device), seen[k]
        each = torch.stack([mask_loss(m[:, i], t, w) for i in range(3)], 1)
        loss = loss + 0.3 * (each.min(1).values.mean() + 0.05 * each.mean())
        loss = loss + 0.3 * F.mse_loss(ious[k, 1:], iou(m, t[:, None].expand_as(m), w[:, None].expand_as(m)))
    return loss


def losses(model, images, samples, stage, rng):
    """-> total loss, {name: value} for the progress line"""
    with torch.set_grad_enabled("" in stage.trained):
        embedding, maps, sky = model.encode(images)
    found = maps.detach().cpu().numpy()
    asks = clicks_of(model, embedding.detach(), samples, found, stage.clicks, rng, stage.undrawn) if stage.clicks else []
    first = [ask for i, s in enumerate(samples) for ask in first_asks(i, s, found[i], rng)]
    leave_undrawn(first, stage.undrawn, rng)
    asks += first
    masks, ious = ask_model(model, embedding, asks)
    loss = decoder_loss(masks, ious, asks)
    parts = {"mask": loss.item()}
    for kind in SHARES:
        k = [i for i, a in enumerate(asks) if a.kind == kind]
        if k:
            target, weight = (stacked(v, masks.device) for v in ([asks[i].target for i in k], [asks[i].seen if asks[i].near is None else asks[i].near for i in k]))
            parts[kind] = iou(masks[k, 0].detach(), target, weight).mean().item()
    if "" in stage.trained:
        boxes, clouds = detector_loss(maps, samples), sky_loss(sky, samples)
        parts |= {"boxes": boxes.item(), "sky": clouds.item()}
        loss = loss + 0.5 * boxes + clouds
    return loss, parts


# ------------------------------------------------------------------------------------------------- the run
class RunningMean:
    """The weights that are kept: an exponential mean of the trained ones."""

    def __init__(self, model, decay=0.99):
        self.model, self.decay = copy.deepcopy(model).eval(), decay

    @torch.no_grad()
    def update(self, model, step):
        d = min(self.decay, (1 + step) / (10 + step))
        for a, b in zip(self.model.state_dict().values(), model.state_dict().values()):
            a.lerp_(b, 1 - d) if a.is_floating_point() else a.copy_(b)


@torch.no_grad()
def automatic_logits(model, image):
    """What it answers to its detector's prompts: normalised image [1,3,s,s] -> logits [1,1,s/4,s/4]"""
    size = image.shape[-1]
    embedding, maps, _ = model.encode(image)
    found = maps[0].cpu().numpy()
    if not has_water(found):
        return image.new_full((1, 1, size // 4, size // 4), -LIMIT)
    return model.decode(embedding, *pack([automatic(found, size)], image.device))[0][:, :1]


def guess(model, image, size):
    """The automatic mask at stride 4 -> bool [size/4,size/4] on the CPU"""
    return automatic_logits(model, square(image, size)[None].to(next(model.parameters()).device))[0, 0].cpu() > 0


def dev_iou(model, pictures, size):
    """pictures [(image or (image, earlier image), truth, seen or None)] -> mean and pooled IoU of the automatic mask at stride 4, over what is
    validly seen; of two images, of the water that the earlier one has not"""
    ious, both, either = [], 0, 0
    for image, truth, seen in pictures:
        pair = image if isinstance(image, tuple) else (image,)
        wet = guess(model, pair[0], size)
        for earlier in pair[1:]:
            wet = wet & ~guess(model, earlier, size)
        truth = at_stride_4(size, truth)
        if seen is not None:
            wet, truth = wet & at_stride_4(size, seen), truth & at_stride_4(size, seen)
        i, u = (wet & truth).sum().item(), (wet | truth).sum().item()
        ious.append(i / u if u else 1.0)
        both, either = both + i, either + u
    return float(np.mean(ious)), both / max(1, either)


def at_stride_4(size, mask):
    return F.interpolate(torch.from_numpy(mask)[None, None].float(), (size // 4, size // 4), mode="area")[0, 0] > 0.5


def group(name):
    return next(g for g in RATES if name.startswith(g))


def drawn(held, stage, seed, index, ahead, step):
    """The batch of one step of the stage with this index -> images [B,3,s,s], samples, and the generator, which goes on with the asks.
    ahead: in a worker, where what asks and losses need to know of the pictures alone is found as well"""
    rng = np.random.default_rng((seed, index, step))
    chosen = [held[k][i] for k, n in stage.batch.items() for i in rng.choice(len(held[k]), n, replace=False)]
    images, samples = batch([chosen[i] for i in rng.permutation(len(chosen))], stage.px, rng)
    if ahead:
        for s in samples:
            s.prepare()
    return images, samples, rng


def pictures(a, stages):
    """What these stages train on {source: [Picture]} and are measured on {source: {name: as dev_iou takes it}}"""
    kinds = {k for s in stages for k in s.batch}
    held = {"rgb": [Picture(planes(image, water), False) for _, image, water in photographs(a.photographs, "train", cross_of(a))]}
    dev = {"aerial": [(i, m, None) for _, i, m in photographs(a.photographs, "dev", cross_of(a))]}
    if "tiles" in kinds:
        held["tiles"] = [Picture(planes(image, *masks), True) for _, image, *masks in tiles(Path(a.tiles) / "train")]
        dev["simulator"] = [(i, m, ~(c | s)) for _, i, m, c, s in tiles(Path(a.tiles) / "dev")]
    if "s2" in kinds:
        held |= {k: [p for p in patch_pictures(a.patches, "train") if p.sensor == k] for k in ("s2", "s1")}
        dev |= {k: [((p[f"{k}_after"], p[f"{k}_before"]), flood, None) for _, p, flood in patches(a.patches, "dev")] for k in ("s2", "s1")}
    for k in kinds:
        most = max(s.batch.get(k, 0) for s in stages)
        if len(held[k]) < most:
            stop(f"a step draws {most} different pictures of source {k}, and there are {len(held[k])} to train on; the folder given for it is not whole")
    return held, dev


MEASURED = {"rgb": "aerial", "tiles": "simulator", "s2": "s2", "s1": "s1"}  # source: the name of its dev pictures


def first_weights(a, stage):
    if stage.start:
        model = load(a.start or a.run / f"{stage.start}.pt")
    else:
        model = RiadaLite()
        model.encoder.load_imagenet()
    if stage.folded:
        fold_all(model)
    return model


def train(name, stage, a, device, workers, saved, model, held, dev):
    """One stage to its end, from its checkpoint `saved` or from its start"""
    path = place(a.run, name, cross_of(a))
    model = model.to(device, memory_format=torch.channels_last)
    named = [(n, p) for n, p in model.named_parameters() if group(n) in stage.trained]
    model.requires_grad_(False)
    for _, p in named:
        p.requires_grad_(True)
    opt = torch.optim.AdamW([{"params": [p for n, p in named if group(n) == g], "base": RATES[g]} for g in stage.trained], lr=1e-4, weight_decay=0.02)
    mean, first = RunningMean(model), 0
    if saved:
        model.load_state_dict(saved["model"])
        mean.model.load_state_dict(saved["mean"])
        opt.load_state_dict(saved["optimiser"])
        first = saved["step"]
    record = log(path.with_suffix(".csv"), first)
    ahead = batches(partial(drawn, held, stage, a.seed, list(STAGES).index(name), workers > 0), first, stage.steps, workers)
    bar = tqdm(range(first, stage.steps), initial=first, total=stage.steps, mininterval=5, desc=name)
    for step, (images, samples, rng) in zip(bar, ahead):
        for g in opt.param_groups:
            g["lr"] = g["base"] * stage.rate * min(1, (step + 1) / min(40, max(1, stage.steps // 6))) * (0.5 + 0.5 * math.cos(math.pi * step / stage.steps) + 0.01)
        model.train()
        loss, parts = losses(model, torch.from_numpy(images).to(device).contiguous(memory_format=torch.channels_last), samples, stage, rng)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
        opt.step()
        mean.update(model, step)
        bar.set_postfix({k: f"{v:.3f}" for k, v in parts.items()}, refresh=False)
        done = step + 1
        record.step(done, {LOSS: {k: v for k, v in parts.items() if k not in SHARES}, TRAINING: {k: v for k, v in parts.items() if k in SHARES}})
        if done == stage.steps:
            record.close(done)
        if done % SAVE_EVERY == 0 or done == stage.steps:
            record.save()
            with written(path) as part:
                torch.save({"model": model.state_dict(), "mean": mean.model.state_dict(), "optimiser": opt.state_dict(), "step": done, "steps": stage.steps, "seed": a.seed}, part)
        if done % DEV_EVERY == 0 or done == stage.steps:
            for source in (MEASURED[k] for k in MEASURED if k in stage.batch):
                whole, pooled = dev_iou(mean.model, dev[source][:: 1 + len(dev[source]) // 40], 512)
                tqdm.write(f"step {done} {source} dev at 512 px: mean {whole:.3f} pooled {pooled:.3f}")
                record.measured(done, {f"{source} mean": whole, f"{source} pooled": pooled})
            record.save()
            record.draw()


def options():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("stage", choices=[*STAGES, "all"])
    ap.add_argument("--photographs", required=True, help="folder with pairs.csv, image/ and mask/")
    ap.add_argument("--tiles", help="folder with train/ and dev/ of simulator tiles")
    ap.add_argument("--patches", help="folder with mask/ and s1_ and s2_ before and after")
    ap.add_argument("--start", type=Path, help="checkpoint or model folder to start from, instead of the former stage's")
    ap.add_argument("--steps-scale", type=float, default=1.0, help="multiplies the steps of every stage: more where a step costs little")
    ap.add_argument("--seed", type=int, default=0)
    add_folds(ap)
    add_options(ap)
    a = ap.parse_args()
    if a.folds is not None and a.stage != "photographs":
        ap.error("only the stage photographs is cross-validated: later ones begin with weights that have seen the other photographs")
    if a.start and a.stage == "all":
        ap.error("--start goes with one stage; all begins with the ImageNet weights")
    if not a.steps_scale > 0:
        ap.error("--steps-scale is above 0")
    for option, kind in (("tiles", "tiles"), ("patches", "s2")):
        if not getattr(a, option) and any(kind in STAGES[n].batch for n in ([a.stage] if a.stage in STAGES else STAGES)):
            ap.error(f"{a.stage} needs --{option}")
    return a


def main():
    a = options()
    device, workers = machine(a)
    folder(a.run)
    left = []
    for name in STAGES if a.stage == "all" else [a.stage]:
        stage = replace(STAGES[name], steps=max(2, round(STAGES[name].steps * a.steps_scale)))
        path = place(a.run, name, cross_of(a))
        saved = unfinished(path, stage.steps, a.seed)
        if saved and saved["step"] >= stage.steps:
            print(f"{path} is trained to its end, {stage.steps} steps")
        else:
            left.append((name, stage))
    data = None
    for name, stage in left:
        torch.manual_seed(a.seed)
        model = first_weights(a, stage)
        data = data or pictures(a, [s for _, s in left])
        train(name, stage, a, device, workers, unfinished(place(a.run, name, cross_of(a)), stage.steps, a.seed), model, *data)


if __name__ == "__main__":
    with ended_by_a_sentence("run/STAGE.pt holds the steps up to the last multiple of 50; the same command goes on from there"):
        main()
