"""What every training run here does around its steps: the device, batches drawn ahead, files that survive a full disk, ends that are a sentence.

Exit status: 3 for what the user can put right (a folder that is missing, a full disk, no such device), 130 after Ctrl-C.
"""

import argparse
import os
import pickle
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import torch
from torch.utils.data import DataLoader

RUN = Path(__file__).with_name("run")
AHEAD = 2  # batches that each worker prepares before they are asked for


def stop(sentence):
    """Ends the program with a sentence that names the input, the reason and the way out."""
    print(sentence, file=sys.stderr)
    raise SystemExit(3)


@contextmanager
def ended_by_a_sentence(going_on="start it again"):
    """Around a whole program: Ctrl-C and a full GPU end it without a stack trace. going_on says how to continue."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"\ninterrupted; {going_on}", file=sys.stderr)
        raise SystemExit(130)
    except torch.OutOfMemoryError:
        stop("the GPU has no memory left for the next step: end what else runs on it, or take --device cpu")


# ------------------------------------------------------------------------------------------------- the machine
def at_least(least):
    """-> an argparse type: whole numbers from `least` on"""
    def whole(text):
        n = int(text)
        if n < least:
            raise argparse.ArgumentTypeError(f"{n} is below {least}")
        return n
    return whole


def add_options(ap, workers=True):
    ap.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto", help="auto: a GPU where PyTorch sees one")
    ap.add_argument("--threads", type=at_least(1), help="of PyTorch on the CPU: 2, beside a GPU 1")
    if workers:
        ap.add_argument("--workers", type=at_least(0), help="processes that prepare batches ahead of the step, 0: none; beside a GPU all cores but one, else 0")
        ap.add_argument("--run", type=Path, default=RUN, help="folder of checkpoints, logs and curves")


def add_folds(ap):
    ap.add_argument("--folds", type=int, help="cross-validate over all photographs, in so many folds by duplicate group")
    ap.add_argument("--fold", type=int, help="which of them is dev, from 0 (default 0)")


def cross_of(a):
    """The parsed options of add_folds -> (fold, folds), or None for the split as it is committed"""
    if a.folds is None and a.fold is not None:
        stop("--fold says which of --folds is dev, and --folds is not given; add it, or leave both out for the split as it is committed")
    return None if a.folds is None else (a.fold or 0, a.folds)


def place(run, name, cross):
    """The checkpoint of a run, by fold"""
    return run / f"{name}{'' if cross is None else '-%dof%d' % cross}.pt"


def machine(a):
    """The parsed options of add_options -> torch.device, number of workers; sets the threads of the CPU"""
    if a.device == "cuda" and not torch.cuda.is_available():
        stop("--device cuda: PyTorch sees no CUDA device here (a CPU build, no driver, or no card); take --device cpu")
    cuda = a.device != "cpu" and torch.cuda.is_available()
    torch.set_num_threads(a.threads or (1 if cuda else 2))
    workers = getattr(a, "workers", 0)
    return torch.device("cuda" if cuda else "cpu"), (len(os.sched_getaffinity(0)) - 1 if cuda else 0) if workers is None else workers


class Steps:
    """What a DataLoader asks: batch number `step` is draw(step)"""

    def __init__(self, draw):
        self.draw = draw

    def __getitem__(self, step):
        return self.draw(step)


def quiet(worker):
    """Ctrl-C is the main process's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def batches(draw, first, last, workers):
    """draw(first), draw(first + 1), .. draw(last - 1), in this order, prepared by `workers` processes if there are any. They are forked, so that all
    share the pictures that are loaded, compute with one thread each, and touch no GPU. What draw returns must be numpy and plain Python: it
    comes through a pipe, and neither shared memory nor a file handle for each array is needed."""
    if not workers or first >= last:
        yield from map(draw, range(first, last))
        return
    # A generator of its own: the loader would draw a number from the one that the first weights come from.
    loader = DataLoader(Steps(draw), sampler=range(first, last), batch_size=None, collate_fn=as_it_is, num_workers=workers, prefetch_factor=AHEAD,
                        multiprocessing_context="fork", worker_init_fn=quiet, generator=torch.Generator())
    try:
        yield from loader
    except RuntimeError as e:
        if "DataLoader worker" not in str(e):
            raise
        stop(f"a process that prepares batches ended ({str(e).splitlines()[0]}), most likely for want of memory; start again with fewer --workers, or 0")


def as_it_is(drawn):
    return drawn


# ------------------------------------------------------------------------------------------------- files
@contextmanager
def written(path):
    """Yields a name beside path to write to, which then takes its place: whatever happens, what was at path stays whole until the new file is."""
    if path.exists() and not path.is_file():
        stop(f"{path} is no regular file and would be lost; name another file to write")
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    except (OSError, RuntimeError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else str(e).splitlines()[0]
        part.unlink(missing_ok=True)
        stop(f"{path} could not be written ({reason}); what was there before is as it was. Make room in {path.parent}, or name another folder, and start again")


def folder(path):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        stop(f"{path} cannot be made ({e.strerror}); name another folder with --run")
    return path


def checkpoint(path, way_out):
    """What torch.save wrote, on the CPU"""
    if not path.exists():
        stop(f"there is no {path}; {way_out}")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, KeyError, IndexError, ValueError, pickle.UnpicklingError) as e:  # a text read as a pickle gives any of them
        stop(f"{path} is not a whole checkpoint ({type(e).__name__}); move it away and train its stage again")


def unfinished(path, steps, seed):
    """The checkpoint of a run of so many steps with this seed, or None where there is none yet. Older ones do not say what run they are of."""
    if not path.exists():
        return None
    saved = checkpoint(path, "")
    was = saved.get("steps", steps), saved.get("seed", seed)
    if was != (steps, seed):
        stop(f"{path} is of a run of {was[0]} steps with seed {was[1]}, and {steps} steps with seed {seed} were asked for; go on with the former, move it away, or name another folder with --run")
    return saved
