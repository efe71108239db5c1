"""From the annotated text to the pipelines that ship: `python -m training --corpora DIR --out DIR [--sample]`."""

import argparse
from importlib.util import find_spec
from pathlib import Path

from training import small

parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
parser.add_argument("--corpora", type=Path, required=True, metavar="DIR", help="folder of the annotated text")
parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the folders small and accurate go")
parser.add_argument(
    "--gold", type=Path, metavar="DIR", help="folder of the evaluation sets, of which re3d is learnt from"
)
parser.add_argument("--only", choices=["small", "accurate"], help="train one of the two")
parser.add_argument("--sample", action="store_true", help="a few steps of tiny models: shows that the recipe runs")
chosen = parser.parse_args()

accurate_folder, small_folder = chosen.out / "accurate", chosen.out / "small"
if chosen.only != "small" and find_spec("torch"):
    from training import accurate

    accurate.train(chosen.corpora, accurate_folder, gold=chosen.gold, sample=chosen.sample)
elif chosen.only != "small":
    print("The accurate pipeline is left out: it needs torch (pip install 'whodid[training]').")
if chosen.only != "accurate":
    teacher = accurate_folder if (accurate_folder / "transformer.json").exists() and not chosen.sample else None
    small.train(chosen.corpora, small_folder, gold=chosen.gold, teacher=teacher, sample=chosen.sample)
