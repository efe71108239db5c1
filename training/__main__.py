"""From the annotated text to the pipelines that ship: `python -m training --corpora DIR --out DIR [--sample]`."""

import argparse
from importlib.util import find_spec
from pathlib import Path

from training import small

parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
parser.add_argument("--corpora", type=Path, required=True, metavar="DIR", help="folder of the annotated text")
parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the folders small and accurate go")
parser.add_argument("--only", choices=["small", "accurate"], help="train one of the two")
parser.add_argument("--sample", action="store_true", help="a few steps of tiny models: shows that the recipe runs")
chosen = parser.parse_args()

if chosen.only != "accurate":
    small.train(chosen.corpora, chosen.out / "small", sample=chosen.sample)
if chosen.only != "small" and find_spec("torch"):
    from training import accurate

    accurate.train(chosen.corpora, chosen.out / "accurate", sample=chosen.sample)
elif chosen.only != "small":
    print("The accurate pipeline is left out: it needs torch (pip install 'whodid[training]').")
