internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetTensor

/// Runs and their layers as a trace in Chrome's format, which chrome://tracing and Perfetto draw.
///
/// A JSON object whose `traceEvents` are complete events (`ph` X) with `ts` and `dur` in microseconds: one for each
/// run, its layers nested in it, and metadata events (`ph` M) that name process and thread. The layers of a step that
/// takes a few rows at a time through all of them have an event of the step around them; in it each layer's time is in
/// one piece, though the layers took turns.
struct Trace {
  let session: Session
  let times: LayerTimes

  var text: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("traceEvents")
    writer.beginArray()
    name("process_name", "linnet \(session.model.name), \(session.instructionSet.name)", to: &writer)
    name("thread_name", "run", to: &writer)
    let origin = times.runs.first?.begun ?? 0
    for (number, run) in times.runs.enumerated() {
      event("run \(number + 1)", "run", from: run.begun - origin, to: run.ended - origin, in: &writer) {
        $0.member("macs", times.layers.reduce(0) { $0 + $1.multiplyAccumulates })
      }
      var begun = run.begun - origin
      for (place, (layer, nanoseconds)) in zip(times.layers, run.nanoseconds).enumerated() {
        let step = session.steps[layer.step]
        if step.stages.count > 1, step.stages.lowerBound == place {
          let took = run.nanoseconds[step.stages].reduce(0, +)
          event("step \(layer.step)", "step", from: begun, to: begun + took, in: &writer) {
            $0.member("stages", step.stages.count)
            $0.member("rows", step.stripRows)
          }
        }
        event(layer.name, layer.kind, from: begun, to: begun + nanoseconds, in: &writer) {
          $0.member("kernel", layer.kernel)
          $0.member("shape", layer.output.text)
          $0.member("macs", layer.multiplyAccumulates)
          $0.member("bytes", layer.bytes)
        }
        begun += nanoseconds
      }
    }
    writer.endArray()
    writer.member("displayTimeUnit", "ns")
    writer.endObject()
    return writer.text
  }

  private func name(_ key: String, _ value: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", key)
    writer.member("ph", "M")
    writer.member("pid", 1)
    writer.member("tid", 1)
    writer.key("args")
    writer.beginObject()
    writer.member("name", value)
    writer.endObject()
    writer.endObject()
  }

  private func event(
    _ name: String, _ category: String, from begun: UInt64, to ended: UInt64, in writer: inout JSONWriter,
    arguments: (inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    writer.member("name", name)
    writer.member("cat", category)
    writer.member("ph", "X")
    writer.member("ts", Double(begun) / 1e3)
    writer.member("dur", Double(ended - begun) / 1e3)
    writer.member("pid", 1)
    writer.member("tid", 1)
    writer.key("args")
    writer.beginObject()
    arguments(&writer)
    writer.endObject()
    writer.endObject()
  }
}
