internal import CLinux
internal import LinnetImage
internal import LinnetKernels
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetSafetensors

extension Bench {
  /// `--cold`: what the first embedding of this process takes, from a picture that lies in memory, and what private
  /// memory is held then.
  func reportFirst() throws {
    let picture = Bench.picture()
    let before = privateMemoryBytes()
    var times = [linnet_monotonic_nanoseconds()]
    let model = try ModelPlace.open(model ?? modelOption)
    times.append(linnet_monotonic_nanoseconds())
    var embedder: Embedder
    do throws(PipelineError) {
      embedder = try Embedder(model: model, configuration: SessionConfiguration(threads: threads))
    } catch {
      throw Failure(error)
    }
    times.append(linnet_monotonic_nanoseconds())
    let embedding = embedder.embed(picture)
    times.append(linnet_monotonic_nanoseconds())
    let bytes = before.flatMap { before in privateMemoryBytes().map { $0 - before } }
    let phases = zip(times.dropFirst(), times).map { Double($0 - $1) / 1e6 }
    let output = Output()
    guard json.isOn else {
      output.line(
        "\(output.bold(model.name))  first embedding of \(embedding.count) elements, \(embedder.session.instructionSet.name), \(threads) thread\(threads == 1 ? "" : "s")"
      )
      output.line(
        "open \(decimal(phases[0], 3)) ms  plan \(decimal(phases[1], 3)) ms  embed \(decimal(phases[2], 3)) ms  all \(output.bold(decimal(phases.reduce(0, +), 3) + " ms"))"
      )
      output.line(
        "private memory \(bytes.map { "\(($0 + 1023) / 1024) KiB" } ?? "unknown"), of it the arena \((embedder.session.arenaBytes + 1023) / 1024) KiB"
      )
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", model.name)
    writer.member("threads", threads)
    writer.member("isa", embedder.session.instructionSet.name)
    writer.member("open_ms", phases[0])
    writer.member("plan_ms", phases[1])
    writer.member("embed_ms", phases[2])
    writer.member("private_bytes", bytes)
    writer.member("arena_bytes", embedder.session.arenaBytes)
    writer.endObject()
    output.line(writer.text)
  }

  /// As a camera gives it: 640 × 480. Grey: what it shows changes no time.
  private static func picture() -> Picture {
    Picture(width: 640, height: 480, pixels: [UInt8](repeating: 128, count: 640 * 480 * 3))
  }
}
