internal import CLinux
internal import LinnetCapture
internal import LinnetDomain
internal import LinnetHead
internal import LinnetImage
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetStore

/// Why a command ends, as a person reads it, and the status it ends with.
struct Failure: Error {
  /// The statuses that commands end with, after `sysexits.h`.
  enum Status: Int32 {
    case failed = 1
    /// Nothing found, or nothing above the threshold.
    case unknown = 2
    case usage = 64
    case noInput = 66
    case inputOutput = 74
  }

  var status: Status
  /// A sentence; `nil` when all has been said.
  var message: String?

  init(_ status: Status, _ message: String? = nil) {
    self.status = status
    self.message = message
  }

  /// Says why on standard error, and ends the process.
  func end() -> Never {
    if let message { complain(message) }
    exit(status.rawValue)
  }
}

/// Says on standard error what went wrong.
func complain(_ message: String) {
  Output.write("linnet: \(visible(message))\n", to: 2)
}

extension Failure {
  init(_ error: PipelineError) {
    switch error {
    case .store(let error): self.init(error)
    case .model(let error): self.init(error, path: nil)
    case .head(let error): self.init(error, path: nil)
    case .headWithoutCaptures, .unusableHead: self.init(.failed, error.description)
    case .noPictures, .noClasses, .noCaptures: self.init(.noInput, error.description)
    case .tooFewClasses, .sameBackbone, .tooManyBackbones, .differentViews:
      self.init(.usage, error.description)
    case .session(let error): self.init(error)
    case .picture("-", let error): self.init(.failed, "standard input: \(error.description)")
    case .picture, .takesNoPicture, .noFeatureMap, .badManifest, .badDraws, .badArray, .badDescriptions,
      .tooFewPictures, .noQueries, .unknownViews:
      self.init(.failed, error.description)
    }
  }

  init(_ error: StoreError) {
    switch error {
    case .badLabel, .badName: self.init(.usage, error.description)
    case .noSuchLabel, .noSuchHead: self.init(.noInput, error.description)
    default:
      let status: Status = error.isMissingInput ? .noInput : error.isInputOutput ? .inputOutput : .failed
      self.init(status, error.description)
    }
  }

  init(_ error: ModelError, path: String?) {
    let sentence = path.map { "\($0): \(error.description)" } ?? error.description
    if case .container(.system(let system)) = error {
      self.init(system.isMissing ? .noInput : .inputOutput, system.description)
    } else {
      self.init(.failed, sentence)
    }
  }
}

extension Failure {
  /// What is not there, may not be opened or is no camera is a missing input; what breaks off has failed.
  init(_ error: CaptureError) {
    switch error {
    case .noSuchSource, .noSuchFile, .noCamera, .permission, .notACamera:
      self.init(.noInput, error.description)
    case .cannotWrite: self.init(.inputOutput, error.description)
    case .noRecording, .gone, .busy, .noUsableFormat, .noBuffers, .requestFailed, .streamFailed, .stalled,
      .formatChanged,
      .cannotListen:
      self.init(.failed, error.description)
    }
  }

  init(_ error: SessionError) {
    switch error {
    case .unknownInstructionSet, .unsupportedInstructionSet, .threads, .cacheSize,
      .plan:
      self.init(.usage, error.description)
    case .outOfMemory, .noThread: self.init(.failed, error.description)
    }
  }

  init(_ error: DomainError) {
    switch error {
    case .noFrames, .tooFewFrames: self.init(.noInput, error.description)
    case .head(let error): self.init(error, path: nil)
    default: self.init(.failed, error.description)
    }
  }

  init(_ error: HeadError, path: String?) {
    switch error {
    case .container(.system(let system)):
      self.init(system.isMissing ? .noInput : .inputOutput, system.description)
    case .cannotWrite: self.init(.inputOutput, error.description)
    default: self.init(.failed, path.map { "\($0): \(error.description)" } ?? error.description)
    }
  }
}

/// Runs `body`, and turns the library's errors into failures.
func reporting<R>(_ body: () throws -> R) throws -> R {
  do {
    return try body()
  } catch let error as PipelineError {
    throw Failure(error)
  } catch let error as StoreError {
    throw Failure(error)
  } catch let error as ModelError {
    throw Failure(error, path: nil)
  } catch let error as HeadError {
    throw Failure(error, path: nil)
  } catch let error as DomainError {
    throw Failure(error)
  } catch let error as SessionError {
    throw Failure(error)
  } catch let error as CaptureError {
    throw Failure(error)
  } catch let error as SystemError {
    throw Failure(.inputOutput, error.description)
  }
}
