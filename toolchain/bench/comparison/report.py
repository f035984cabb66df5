"""The result as a table for people and as JSON for programs."""

from .contest import Entry, Settings
from .networks import Network, total_macs

HEADING = (f"  {'engine':<26}{'arithmetic':<14}{'median':>9}{'least':>9}{'ratio':>8}{'(least)':>9}{'private':>10}"
           f"{'load':>9}{'start':>9}  answers")
UNITS = (f"  {'':<26}{'':<14}{'ms':>9}{'ms':>9}{'':>8}{'':>9}{'MB':>10}{'ms':>9}{'ms':>9}  same first, equal bytes")


def rows(network: Network, entries: list[Entry]) -> dict:
    """One network's result as JSON."""
    ours = next((e for e in entries if e.key == "linnet" and not e.refused), None)
    engines = []
    for entry in entries:
        row = {"engine": entry.key, "title": entry.title, "version": entry.version}
        if entry.refused:
            engines.append(row | {"not_run": entry.refused})
            continue
        row |= {"form": entry.form, "arithmetic": entry.arithmetic, "median_ms": entry.median, "min_ms": entry.least}
        if ours:
            row |= {"median_ratio": entry.median / ours.median, "min_ratio": entry.least / ours.least}
        engines.append(row | {
            "memory": entry.memory, "cold": entry.cold, "answers": entry.answers, "tried": entry.tried,
            "rounds": [{"median_ms": median, "min_ms": least} for median, least in entry.rounds]})
    return {"network": network.title, "file": network.source.name, "macs": total_macs(network.graph), "engines": engines}


def document(machine: dict, settings: Settings, results: list[dict], skipped: list[str]) -> dict:
    return {
        "machine": machine, "threads": settings.threads, "isa": settings.isa, "rounds": settings.rounds,
        "runs": settings.runs, "cold_starts": settings.cold, "networks": results, "skipped": skipped}


def _answers(answers: dict) -> str:
    decisive = answers.get("pictures", answers["noise"])
    text = f"{decisive['same_first']:.0%}, {decisive['equal_bytes']:.1%}"
    return text if answers["agrees"] else f"{text}: DISAGREES with {answers['beside']}"


def table(result: dict) -> str:
    """One network's rows. A ratio is an engine's time over Linnet's: above 1 Linnet is faster."""
    lines = [f"{result['network']} ({result['macs'] / 1e6:.1f} million multiply-accumulates)", HEADING, UNITS]
    for row in result["engines"]:
        name = f"{row['title']} {row['version'] or ''}".strip()
        if "not_run" in row:
            lines.append(f"  {name:<26}not run: {row['not_run']}")
            continue
        ratio, least = (f"{row[key]:.2f}" if key in row else "" for key in ("median_ratio", "min_ratio"))
        memory = f"{row['memory']['private_kb'] / 1024:.1f}" if row["memory"] else "?"
        load, start = (f"{row['cold'][key]:.1f}" if row["cold"] else "?" for key in ("load_to_answer_ms", "exec_to_answer_ms"))
        short = row["arithmetic"].split(",")[0] + ("*" if row["arithmetic"] != "int8" else "")
        lines.append(
            f"  {name:<26}{short:<14}{row['median_ms']:>9.3f}{row['min_ms']:>9.3f}{ratio:>8}{least:>9}{memory:>10}"
            f"{load:>9}{start:>9}  {_answers(row['answers'])}")
    return "\n".join([*lines, *_remarks(result)])


def _remarks(result: dict) -> list[str]:
    """What a row has no room for: layers in float, and the int8 form of an engine that is faster in float."""
    lines = []
    for row in result["engines"]:
        arithmetic = row.get("arithmetic", "int8")
        if arithmetic == "float":
            slower = [f"{tried['least_ms']:.3f} ms at least" if "least_ms" in tried else f"refused: {tried['refused']}"
                      for tried in row["tried"].values() if tried.get("arithmetic") != "float"]
            lines.append(f"  * {row['title']}: float; in int8 {'; '.join(slower)}")
        elif arithmetic != "int8":
            lines.append(f"  * {row['title']}: {arithmetic}")
    return lines


def _cell(row: dict) -> str:
    if "median_ratio" not in row:
        return "–"
    marks = ("*" if row["arithmetic"] != "int8" else "") + ("" if row["answers"]["agrees"] else "!")
    return f"{row['median_ratio']:.2f} ({row['min_ratio']:.2f}){marks}"


def summary(results: list[dict]) -> str:
    """The ratios of all networks beside each other: medians, and least in brackets."""
    titles = {row["engine"]: row["title"] for row in results[0]["engines"] if row["engine"] != "linnet"}
    lines = [f"{'an engine’s time / Linnet’s':<36}{'Linnet ms':>10}" + "".join(f"{title:>18}" for title in titles.values())]
    for result in results:
        found = {row["engine"]: row for row in result["engines"]}
        ours = found.get("linnet", {}).get("median_ms")
        lines.append(f"{result['network']:<36}{f'{ours:.3f}' if ours else '–':>10}"
                     + "".join(f"{_cell(found[key]):>18}" for key in titles))
    return "\n".join([*lines, "* not wholly int8   ! its answers disagree   – not run"])


NOTES = """\
ratio: the engine's time over Linnet's, medians and least; above 1 Linnet is faster.
private: the most memory that no file backs, beyond the same Python process without the engine; of Linnet the whole process.
load: from loading the file to the first answer, without the package's import; of Linnet the whole process as in `start`.
start: from exec to the first answer, Python's own start included where the engine has no other; the file cache is warm."""
