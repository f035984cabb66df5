"""The ratios as a bar chart."""

import textwrap
from pathlib import Path

import matplotlib

matplotlib.use("agg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.patches import Patch  # noqa: E402

COLOURS = {
    "linnet": "#c2410c", "litert": "#1d4e89", "onnxruntime": "#4f8fc0", "openvino": "#5f7388", "mnn": "#7fa37b",
    "ncnn": "#b3a88f"}
INK, FAINT = "#222222", "#8a8a8a"
BAR, GAP = 0.24, 0.24
WIDTH, MARGIN, LABEL = 8.5, 1.35, 22


def _time(milliseconds: float) -> str:
    return f"{milliseconds:.2f} ms" if milliseconds >= 1 else f"{milliseconds * 1000:.0f} µs"


def _label(row: dict) -> str:
    remarks = [] if row["arithmetic"] in ("int8", "float") else [row["arithmetic"].removeprefix("int8, ")]
    remarks += [] if row["answers"]["agrees"] else ["answers differ"]
    return f"{row['median_ratio']:.2f} ×   {_time(row['median_ms'])}" + (f"   {', '.join(remarks)}" if remarks else "")


def _limit(groups: list) -> float:
    """Where bars are cut off: what is not int8 may be longer than what is of interest."""
    ratios = [row["median_ratio"] for _, rows in groups for row in rows]
    whole = [row["median_ratio"] for _, rows in groups for row in rows if row["arithmetic"] != "float"]
    return min(max(ratios), max([2.0, *whole]) * 1.12)


def _bar(axes, place: float, row: dict, limit: float) -> None:
    ratio, ours = row["median_ratio"], row["engine"] == "linnet"
    length, colour = min(ratio, limit), COLOURS[row["engine"]]
    float_look = {"hatch": "////", "edgecolor": "white", "linewidth": 0} if row["arithmetic"] == "float" else {}
    axes.barh(place, length, height=BAR * 0.86, color=colour, zorder=2, **float_look)
    if ratio > limit:
        for shift in (0.035, 0.06):
            middle = length - limit * shift
            axes.plot([middle - limit * 0.006, middle + limit * 0.006], [place + BAR * 0.5, place - BAR * 0.5],
                      color="white", linewidth=1.6, zorder=3, solid_capstyle="butt")
    axes.text(max(length, 1) + limit * 0.01, place, _time(row["median_ms"]) if ours else _label(row), va="center", ha="left",
              fontsize=7.5, color=colour if ours else INK, fontweight="bold" if ours else "normal", zorder=4)


def draw(document: dict, path: Path, caption: str) -> None:
    """A group of bars a network: each engine's median time over Linnet's, and that time."""
    groups = []
    for result in document["networks"]:
        rows = [row for row in result["engines"] if "median_ratio" in row]
        if rows:
            groups.append((result, sorted(rows, key=lambda row: row["engine"] != "linnet")))
    if not groups:
        return
    limit = _limit(groups)
    height = sum(len(rows) * BAR + GAP for _, rows in groups) - GAP
    figure = pyplot.figure(figsize=(WIDTH, height + MARGIN), dpi=170)
    axes = figure.add_axes((0.225, 0.85 / (height + MARGIN), 0.755, height / (height + MARGIN)))
    place, ticks, labels, seen = 0.0, [], [], {}
    for result, rows in groups:
        ticks.append(place + (len(rows) - 1) * BAR / 2)
        labels.append("\n".join(textwrap.wrap(result["network"], LABEL)))
        for row in rows:
            _bar(axes, place, row, limit)
            seen.setdefault(row["title"], Patch(color=COLOURS[row["engine"]]))
            place += BAR
        place += GAP
    if any(row["arithmetic"] == "float" for _, rows in groups for row in rows):
        seen["in float"] = Patch(facecolor=FAINT, edgecolor="white", hatch="/////", linewidth=0)
    axes.axvline(1, color=COLOURS["linnet"], linewidth=0.8, zorder=1)
    axes.set_yticks(ticks, labels, fontsize=8.5, linespacing=1.25)
    axes.set_ylim(place - GAP - BAR * 0.5, -BAR * 0.5)
    axes.set_xlim(0, limit * 1.32)
    axes.set_xticks([tick / 2 for tick in range(int(limit * 2) + 1)] if limit < 4 else range(int(limit) + 1))
    axes.tick_params(length=0, colors=INK, labelsize=8.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} ×")
    axes.xaxis.grid(True, color="#e8e8e8", zorder=0)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    threads = document["threads"]
    held = f", Linnet held to {document['isa']}" if document["isa"] else ""
    figure.text(0.012, 1 - 0.25 / (height + MARGIN), "Time of one inference, as a multiple of Linnet’s", fontsize=11.5,
                fontweight="bold", color=INK, va="center")
    figure.text(0.988, 1 - 0.25 / (height + MARGIN), f"medians, {threads} thread{'s' * (threads != 1)}{held}; longer is slower",
                fontsize=8.5, color=FAINT, va="center", ha="right")
    figure.legend(seen.values(), seen.keys(), loc="center", bbox_to_anchor=(0.5, 0.42 / (height + MARGIN)), ncols=len(seen),
                  frameon=False, fontsize=8.5, handlelength=1.2, handleheight=1.0, columnspacing=1.6)
    figure.text(0.5, 0.13 / (height + MARGIN), caption, fontsize=6.5, color=FAINT, ha="center", va="center")
    figure.savefig(path)
    pyplot.close(figure)
