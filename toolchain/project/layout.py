#!/usr/bin/env python3
"""A map of captures by t-SNE, as one page of HTML.

    toolchain/project/linnet-project PICTURES -o map.html [--perplexity 15] [--seed 0] [--linnet .build/release/linnet]

PICTURES holds a folder of pictures a class. `linnet embed` makes the embeddings, scikit-learn the layout (van der Maaten,
Hinton, "Visualizing Data using t-SNE", 2008, begun from the principal components), and `linnet project --layout` the page.
Neighbours on the map are neighbours in truth; distances between groups, and their sizes, mean little. One seed, the same map.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.manifold import TSNE

ROOT = Path(__file__).resolve().parent.parent.parent


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--perplexity", type=float, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--linnet", type=Path, default=ROOT / ".build/release/linnet")
    chosen = parser.parse_args()
    if not chosen.linnet.exists():
        parser.error(f"{chosen.linnet} is not there: swift build -c release")
    if not chosen.pictures.is_dir():
        parser.error(f"{chosen.pictures} is no folder")
    return chosen


def layout(embeddings: np.ndarray, perplexity: float, seed: int) -> np.ndarray:
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    directions = embeddings / np.where(lengths > 0, lengths, 1)
    if len(directions) < 4:
        sys.exit("linnet-project: t-SNE needs at least four pictures")
    method = TSNE(
        metric="cosine", init="pca", random_state=seed, perplexity=min(perplexity, (len(directions) - 1) / 3))
    return method.fit_transform(directions).astype(np.float32)


def main() -> None:
    chosen = options()
    with tempfile.TemporaryDirectory() as folder:
        # The classes' folders, so that a stray picture beside them has no row, as in `linnet project`.
        classes = sorted(entry for entry in chosen.pictures.iterdir() if entry.is_dir() and entry.name[0] != ".")
        embeddings = Path(folder) / "embeddings.npy"
        run = subprocess.run([chosen.linnet, "embed", *classes, "-o", embeddings])
        if run.returncode != 0:
            sys.exit(run.returncode)
        places = Path(folder) / "t-SNE.npy"
        np.save(places, layout(np.load(embeddings), chosen.perplexity, chosen.seed))
        sys.exit(
            subprocess.run(
                [chosen.linnet, "project", chosen.pictures, "--layout", places, "-o", chosen.output]).returncode)


if __name__ == "__main__":
    main()
