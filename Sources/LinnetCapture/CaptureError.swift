internal import CLinux

/// Why a source gives no frames.
public enum CaptureError: Error, Hashable, Sendable {
  /// There is no camera at that path.
  case noSuchSource(path: String)
  /// There is no folder or file of pictures or frames at that path.
  case noSuchFile(path: String)
  /// The machine has no camera at all.
  case noCamera
  /// The camera went away while it was in use.
  case gone(path: String)
  /// Another program streams from it; `users` as far as they can be seen.
  case busy(path: String, users: [String])
  /// `group` is the one that the node belongs to.
  case permission(path: String, group: String?)
  case notACamera(path: String, NotACamera)
  /// None of the formats that the camera offers can be used.
  case noUsableFormat(path: String, offered: [String])
  /// The driver has no memory for frames.
  case noBuffers(path: String)
  /// A request of the video API failed with an error number.
  case requestFailed(path: String, request: String, code: Int32)
  /// The driver says that the stream broke off.
  case streamFailed(path: String)
  /// No whole frame came for so long.
  case stalled(path: String, seconds: Double)
  /// The picture's format or size changed while frames were coming.
  case formatChanged(path: String)
  /// Nobody can connect to `address` to send pictures, for the reason of an error number.
  case cannotListen(address: String, code: Int32)
  /// A file that should be a recording of frames is none.
  case noRecording(path: String)
  /// A recording cannot be written; an error number.
  case cannotWrite(path: String, code: Int32)

  /// What a path leads to that is no camera.
  public enum NotACamera: Hashable, Sendable {
    case folder
    case file
    /// A device, but none of the video API.
    case otherDevice
    /// A node that carries data about pictures beside those of the camera.
    case metadata
    /// A node of the video API that takes no pictures: it shows, codes or tunes.
    case otherVideo
    /// It cannot stream from mapped memory.
    case noStreaming
  }
}

extension CaptureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchFile(let path):
      "\(path) is not there: give a folder or file of pictures, a recording, -, tcp:PORT with a port up to 65535, or unix:PATH"
    case .noSuchSource(let path):
      "\(path) is not there: `linnet cameras` lists the cameras of this machine"
    case .noCamera:
      "no camera found: plug one in, and see with `linnet cameras` whether it is there"
    case .gone(let path):
      "\(path) went away: is its cable loose, or its supply too weak?"
    case .busy(let path, let users):
      "\(path) is in use\(users.isEmpty ? "" : " by \(users.joined(separator: ", "))"): "
        + "end the other program, or choose another camera"
    case .permission(let path, let group):
      "no permission to open \(path): "
        + (group.map { "join its group with `sudo usermod -aG \($0) $USER` and log in again" }
          ?? "let this user read and write it")
    case .notACamera(let path, let what):
      "\(path) is no camera but \(what): `linnet cameras` lists the cameras of this machine"
    case .noUsableFormat(let path, let offered):
      "\(path) has no picture format that can be used\(offered.isEmpty ? "" : " (\(offered.joined(separator: ", ")))"): "
        + "choose another camera"
    case .noBuffers(let path):
      "\(path) has no memory left for frames: ask for a smaller picture, or end other programs that use cameras"
    case .requestFailed(let path, let request, let code):
      "\(path): \(request) failed: \(Self.reason(code))\(Self.hint(code))"
    case .streamFailed(let path):
      "\(path): the stream broke off: if it comes again, try another cable or port"
    case .stalled(let path, let seconds):
      "\(path) has sent no whole picture for \(Self.seconds(seconds)): if it stays so, plug the camera in again"
    case .formatChanged(let path):
      "\(path) changed the format of its picture"
    case .noRecording(let path):
      "\(path) is no recording of frames: `linnet watch --record FILE` makes one"
    case .cannotWrite(let path, let code):
      "cannot write \(path): \(Self.reason(code))"
    case .cannotListen(let address, let code):
      "nothing can be received at \(address) (\(Self.reason(code))): choose another port or path"
    }
  }

  private static func hint(_ code: Int32) -> String {
    switch code {
    case ENOSPC: " (USB has no bandwidth left: ask for a smaller picture or MJPG, or use another port)"
    case EPIPE, ENOLINK:
      " (the pipeline behind the camera is not set up: see media-ctl, or the board's manual)"
    default: ""
    }
  }

  /// The system's own words for an error number.
  private static func reason(_ code: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
      unsafe linnet_error_text(code, text.baseAddress, text.count)
      return unsafe String(cString: text.baseAddress!)
    }
  }

  /// “2 seconds”, “0.5 seconds”.
  private static func seconds(_ value: Double) -> String {
    let text = value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
    return text == "1" ? "1 second" : "\(text) seconds"
  }
}

extension CaptureError.NotACamera: CustomStringConvertible {
  public var description: String {
    switch self {
    case .folder: "a folder"
    case .file: "a file"
    case .otherDevice: "another kind of device"
    case .metadata: "a node for data beside a camera's pictures"
    case .otherVideo: "a video device that takes no pictures"
    case .noStreaming: "a video device that cannot stream"
    }
  }
}

extension CaptureError {
  /// The error that a failed request of the video API stands for.
  static func request(_ request: String, _ code: Int32, path: String) -> CaptureError {
    switch code {
    case ENODEV, ENXIO: .gone(path: path)
    case EBUSY: .busy(path: path, users: CameraUser.list(of: path).map(\.description))
    case EACCES, EPERM: .permission(path: path, group: groupName(ofFile: path))
    case ENOMEM: .noBuffers(path: path)
    default: .requestFailed(path: path, request: request, code: code)
    }
  }
}
