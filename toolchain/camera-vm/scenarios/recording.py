"""What a camera gave, taken down and played again."""

from rig.bench import Bench
from rig.scenario import require, scenario
from rig.watching import START_SECONDS, Watch
from scenarios.faults import goes_on

RECORDING = "/tmp/camera.recording"


def sights(watch: Watch) -> list[tuple[int, str | None]]:
    return [(line["sequence"], line["saw"]["label"]) for line in watch.events("frame")]


@scenario("broken frames that were taken down are broken when played, the others seen as they were", short=False)
def record_and_replay(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.node} --format MJPG --record {RECORDING}")
    watch.frames(3)
    camera.tell("short 2")
    goes_on(watch, "broken", 2)
    camera.tell("show 1")
    watch.wait("the cat", lambda line: line["event"] == "frame" and line["saw"]["label"] == "cat", START_SECONDS)
    watch.stop()
    replay = bench.watch(f"--source {RECORDING}")
    require(replay.job.wait(START_SECONDS) == 0, f"the replay ended with {replay.job.status}: {replay.job.errors.strip()}")
    require(replay.counts["broken"] == watch.counts["broken"], f"{replay.counts} after {watch.counts}")
    # Played one after the other, also those frames are looked at which a newer one replaced.
    missing = set(sights(watch)) - set(sights(replay))
    require(not missing, f"seen otherwise or not at all: {sorted(missing)}")
    return f"{len(sights(replay))} frames, {replay.counts['broken']} broken, as {len(sights(watch))} were seen live"
