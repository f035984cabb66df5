public import ArgumentParser
internal import CLinux
public import LinnetCapture
public import LinnetImage
internal import LinnetPipeline
internal import LinnetStore
public import LinnetTensor

/// Where live pictures come from: `--camera` or `--source`, and what can be said about them.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A camera: a number, a path, or part of a name that linnet cameras lists; nothing, or first, for the first one.",
      valueName: "camera"))
  var camera: String?

  @Option(
    help: ArgumentHelp(
      """
      Instead of a camera: a folder or file of pictures, a recording of linnet watch --record, - for JPEG pictures on standard \
      input, tcp:PORT or unix:PATH to receive them from a program on this machine, scene:FOLDER for a made-up scene of the \
      folder's pictures.
      """,
      valueName: "source"),
    completion: .file())
  var source: String?

  @Option(
    help: ArgumentHelp(
      "Pictures a second of a folder or scene; by default each waits for the one before.", valueName: "n"))
  var rate: Double?

  @Option(help: ArgumentHelp("What chance a scene follows.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "The size asked of a camera, or of a scene: 640x480 by default.", valueName: "width x height"))
  var size = FrameSize(width: 640, height: 480)

  @Option(
    help: ArgumentHelp(
      "The format asked of a camera, as MJPG or YUYV; what costs least by default.", valueName: "format"))
  var format: PixelCode?

  @Option(help: ArgumentHelp("The frames a second asked of a camera.", valueName: "n"))
  var fps: Int?

  @Option(
    help: ArgumentHelp(
      "Take down all that the camera gives, broken frames too, in this file, which --source replays.",
      valueName: "file"),
    completion: .file())
  var record: String?

  @Option(
    help: ArgumentHelp(
      "What part of the picture matters: left,top,width,height in pixels, or each with a percent sign.",
      valueName: "part"))
  var crop: FrameCrop?

  @Option(help: ArgumentHelp("Turn the picture clockwise: 0, 90, 180 or 270.", valueName: "degrees"))
  var rotate = FrameView.Rotation.none

  @Flag(help: "Exchange left and right, after turning.")
  var mirror = false

  @Option(
    help: ArgumentHelp(
      "After how many seconds without a frame there is no picture; a camera is then opened anew.",
      valueName: "seconds"))
  var stall = 2.0

  func validate() throws {
    if camera != nil && source != nil { throw ValidationError("--camera and --source exclude each other.") }
    if record != nil && source != nil {
      throw ValidationError("--record takes down a camera, not a --source.")
    }
    if let rate, !(rate > 0 && rate <= 1000) { throw ValidationError("--rate must be above 0, to 1000.") }
    guard stall >= 0.1, stall <= 3600 else { throw ValidationError("--stall must be 0.1 to 3600 seconds.") }
    guard (1...1000).contains(fps ?? 1) else { throw ValidationError("--fps must be 1 to 1000.") }
  }

  /// Whether live pictures are asked for.
  var isGiven: Bool { camera != nil || source != nil }

  var view: FrameView { FrameView(rotation: rotate, isMirrored: mirror, crop: crop) }

  /// Nanoseconds without a frame after which there is no picture.
  var patience: UInt64 { UInt64(stall * 1e9) }
}

extension SourceOptions {
  /// What stands for the first camera, also where `--camera` stands alone.
  private static let firstCamera = "first"

  /// The command line with a value behind every `--camera` that has none.
  static func completed(_ arguments: [String]) -> [String] {
    var result: [String] = []
    for (place, argument) in arguments.enumerated() {
      result.append(argument)
      guard argument == "--camera" else { continue }
      let next = arguments.dropFirst(place + 1).first
      if next?.hasPrefix("-") ?? true { result.append(firstCamera) }
    }
    return result
  }

  /// Opens the source.
  func open(_ interruption: Interruption) throws -> any FrameSource {
    do throws(CaptureError) {
      guard let source else { return try openCamera(interruption) }
      if source == "-" { return StreamSource(standardInput: interruption) }
      if let address = StreamAddress(source) {
        return try StreamSource(listeningAt: address, interruption: interruption)
      }
      if RecordingSource.isRecording(source) {
        return try RecordingSource(path: source, pace: .asked, interruption: interruption)
      }
    } catch {
      throw Failure(error)
    }
    if let source, source.hasPrefix("scene:") {
      return try openScene(String(source.dropFirst(6)), interruption)
    }
    return try openPictures(source ?? "", interruption)
  }

  private func openCamera(_ interruption: Interruption) throws(CaptureError) -> any FrameSource {
    var request = CameraRequest(
      device: camera == Self.firstCamera ? nil : camera, width: size.width, height: size.height,
      framesPerSecond: fps, stallSeconds: stall)
    request.code = format
    let camera = try CameraSource(request, interruption: interruption)
    camera.recorder = try record.map { path throws(CaptureError) in try FrameRecorder(path: path) }
    return camera
  }

  private func openPictures(_ path: String, _ interruption: Interruption) throws -> any FrameSource {
    let paths = try reporting { try pictures(at: path) }.sorted(by: naturallyPrecedes)
    guard File.exists(paths[0]) else { throw Failure(CaptureError.noSuchFile(path: path)) }
    return PictureSeries(name: path, paths: paths, framesPerSecond: rate, interruption: interruption) {
      path in
      do throws(PipelineError) {
        return try pictureFrame(path)
      } catch {
        complain(error.description)
        return nil
      }
    }
  }

  private func openScene(_ folder: String, _ interruption: Interruption) throws -> any FrameSource {
    let paths = try reporting { try pictures(at: folder) }
    let objects = try reporting {
      try paths.map { path throws(PipelineError) -> SceneObject in
        let picture = try decodedPicture(path, covering: (size.width, size.height))
        return SceneObject(
          label: Folder.name(of: Folder.parent(of: path)), width: picture.width, height: picture.height,
          pixels: picture.pixels)
      }
    }
    let renderer = SceneRenderer(objects: objects, width: size.width, height: size.height, seed: seed)
    return SyntheticScene(
      renderer, name: "scene:\(folder)", framesPerSecond: rate, interruption: interruption)
  }
}

/// Extents of frames, as `640x480`.
struct FrameSize: ExpressibleByArgument, CustomStringConvertible {
  var width: Int
  var height: Int

  init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      (16...16384).contains(width), (16...16384).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }

  var defaultValueDescription: String { description }
  var description: String { "\(width)x\(height)" }
}

extension PixelFormat: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

extension PixelCode: ExpressibleByArgument {
  public init?(argument: String) {
    let isSmall = argument == argument.lowercased()
    self.init(letters: isSmall ? argument.uppercased() : argument)
  }
}

extension FrameCrop: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension FrameView.Rotation: ExpressibleByArgument {
  public var defaultValueDescription: String { "\(rawValue)" }
}

/// The frame that a picture file stands for: a JPEG as it is, anything else decoded.
private func pictureFrame(_ path: String) throws(PipelineError) -> (format: FrameFormat, bytes: [UInt8]) {
  let bytes = try PictureSource.file(path).read()
  do throws(PictureError) {
    let header = try PictureHeader.read(bytes)
    if header.format == .jpeg {
      return (FrameFormat(pixels: .jpeg, width: header.width, height: header.height), bytes)
    }
    let picture = try Picture.decode(bytes)
    return (FrameFormat(pixels: .rgb24, width: picture.width, height: picture.height), picture.pixels)
  } catch {
    throw .picture(name: path, error)
  }
}

private func decodedPicture(
  _ path: String, covering minimum: (width: Int, height: Int)
) throws(PipelineError) -> Picture {
  let bytes = try PictureSource.file(path).read()
  do throws(PictureError) {
    return try Picture.decode(bytes, covering: minimum)
  } catch {
    throw .picture(name: path, error)
  }
}
