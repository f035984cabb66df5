"""The ratios as a bar chart."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
from matplotlib import pyplot  # noqa: E402

COLOURS = {"linnet": "#c2410c", "litert": "#1d4e89", "onnxruntime": "#4f8fc0", "openvino": "#6b7f99", "mnn": "#8fae8b", "ncnn": "#b9b3a4"}
INK, FAINT = "#222222", "#8a8a8a"


def draw(document: dict, path: Path, caption: str) -> None:
    """A group of bars a network: each engine's median time over Linnet's, and the milliseconds."""
    groups = []
    for result in document["networks"]:
        rows = [row for row in result["engines"] if "median_ratio" in row]
        if rows:
            groups.append((result, sorted(rows, key=lambda row: row["engine"] != "linnet")))
    if not groups:
        return
    bar, gap = 0.30, 0.28
    height = sum(len(rows) * bar + gap for _, rows in groups)
    greatest = max(row["median_ratio"] for _, rows in groups for row in rows)
    figure, axes = pyplot.subplots(figsize=(9, height + 1.5), dpi=160)
    place, ticks, labels, seen = 0.0, [], [], {}
    for result, rows in groups:
        first = place
        for row in rows:
            ratio, ours = row["median_ratio"], row["engine"] == "linnet"
            drawn = axes.barh(place, ratio, height=bar * 0.86, color=COLOURS[row["engine"]], zorder=2)
            seen.setdefault(row["title"], drawn)
            marks = [row["arithmetic"].removeprefix("int8, ")] if row["arithmetic"] != "int8" else []
            marks += [] if row["answers"]["agrees"] else ["answers differ"]
            text = f"{row['median_ms']:.2f} ms" if row["median_ms"] >= 1 else f"{row['median_ms'] * 1000:.0f} µs"
            label = text if ours else f"{ratio:.2f} ×   {text}" + (f"   ({', '.join(marks)})" if marks else "")
            axes.text(ratio + greatest * 0.008, place, label, va="center", ha="left", fontsize=8,
                      color=COLOURS["linnet"] if ours else INK, fontweight="bold" if ours else "normal", zorder=3)
            place += bar
        ticks.append((first + place - bar) / 2)
        labels.append(result["network"].replace(", ", "\n"))
        place += gap
    axes.axvline(1, color=COLOURS["linnet"], linewidth=1, zorder=1)
    axes.set_yticks(ticks, labels, fontsize=9)
    axes.set_ylim(place - gap - bar * 0.3, -bar * 0.9)
    axes.set_xlim(0, greatest * 1.25)
    axes.tick_params(length=0, colors=INK)
    axes.xaxis.grid(True, color="#e6e6e6", zorder=0)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    threads = document["threads"]
    figure.suptitle(f"Time of one inference, relative to Linnet ({threads} thread{'s' * (threads != 1)}); longer is slower",
                    x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    axes.legend(seen.values(), seen.keys(), loc="upper center", bbox_to_anchor=(0.42, -0.16 / (height + 1.5) * 2),
                ncols=len(seen), frameon=False, fontsize=8.5)
    figure.text(0.01, 0.008, caption, fontsize=7, color=FAINT)
    figure.tight_layout(rect=(0, 0.01 + 0.12 / (height + 1.5), 1, 1))
    figure.savefig(path)
    pyplot.close(figure)
