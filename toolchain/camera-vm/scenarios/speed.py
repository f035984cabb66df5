"""A consumer that is much slower than the camera."""

from rig.bench import Bench
from rig.scenario import require, scenario

# Ten frames of vivid take 0.4 s; the network takes longer than that on the emulated processor.
FRAME_SECONDS, SLOW = 0.04, 10


@scenario("a network that takes ten frames' time: always the newest frame, no older than a frame and the network's time")
def slow_consumer(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node} --stats --count 8", backbone="efficientnet-lite0")
    watch.job.wait(60)
    frames = watch.events("frame")
    require(len(frames) == 8, f"{len(frames)} frames: {watch.job.errors.strip()}")
    seen = []
    for before, line in zip(frames, frames[1:]):
        # From the word on one frame to the word on the next passes the wait for a frame and the work on it.
        between = line["time"] - before["time"]
        seen.append((line["age_ms"] / 1000, between, line["sequence"] - before["sequence"]))
    late = [f"{age:.2f} s old after {between:.2f} s" for age, between, _ in seen if age > between + FRAME_SECONDS]
    require(not late, f"frames that were not the newest: {', '.join(late)}")
    require(max(between for _, between, _ in seen) > SLOW * FRAME_SECONDS, "the consumer was not slow: nothing was shown")
    require(all(step > 1 for _, _, step in seen), f"no frame was passed over: {seen}")
    return f"ages {min(age for age, _, _ in seen):.2f}–{max(age for age, _, _ in seen):.2f} s at " \
        f"{sum(between for _, between, _ in seen) / len(seen):.2f} s a frame"
