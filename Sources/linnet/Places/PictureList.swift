internal import LinnetPipeline
internal import LinnetStore

/// The pictures that a command line names.
enum PictureList {
  /// Pictures in the order named, folders replaced by what is in them; what is not there is said and counted.
  static func read(_ names: [String]) throws -> (sources: [PictureSource], failures: PictureFailures) {
    var sources: [PictureSource] = []
    var failures = PictureFailures()
    var hasStandardInput = false
    for name in names {
      if name == "-" {
        guard !hasStandardInput else { throw Failure(.usage, "standard input (-) can be read only once") }
        hasStandardInput = true
        sources.append(.bytes(try reporting { try File.readStandardInput() }, name: "-"))
        continue
      }
      do {
        sources += try pictures(at: name).map { .file($0) }
      } catch {
        failures.add(error)
      }
    }
    if sources.isEmpty, let failure = failures.failure { throw failure }
    return (sources, failures)
  }
}

/// What went wrong with single pictures while the others were answered.
struct PictureFailures {
  private var status: Failure.Status?

  /// Says the error, and remembers it for the exit status.
  mutating func add(_ error: PipelineError) {
    let failure = Failure(error)
    if let message = failure.message { complain(message) }
    // What a person named and is not there outweighs what is there and broken.
    status = status == nil || failure.status.rawValue > status!.rawValue ? failure.status : status
  }

  /// The silent failure to end with, if anything went wrong.
  var failure: Failure? { status.map { Failure($0) } }
}
