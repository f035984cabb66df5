internal import CLinux
internal import CV4L2

/// An open node of the video API that takes pictures.
struct CameraDevice: ~Copyable {
  let path: String
  let descriptor: Int32
  let identity: CameraIdentity
  /// Whether the node describes pictures by planes.
  let isPlanar: Bool

  private init(path: String, descriptor: Int32, identity: CameraIdentity, isPlanar: Bool) {
    self.path = path
    self.descriptor = descriptor
    self.identity = identity
    self.isPlanar = isPlanar
  }

  deinit { close(descriptor) }

  /// Opens the node at `path` and makes sure that it is a camera's.
  static func open(_ path: String) throws(CaptureError) -> CameraDevice {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw failure(linnet_errno(), path: path) }
    switch unsafe linnet_file_kind(&status) {
    case S_IFCHR: break
    case S_IFDIR: throw .notACamera(path: path, .folder)
    case S_IFREG: throw .notACamera(path: path, .file)
    default: throw .notACamera(path: path, .otherDevice)
    }
    let descriptor = unsafe linnet_open(path, O_RDWR | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failure(linnet_errno(), path: path) }
    do throws(CaptureError) {
      var capability = linnet_capability()
      switch unsafe linnet_video_capability(descriptor, &capability) {
      case 0: break
      case ENOTTY, EINVAL: throw .notACamera(path: path, .otherDevice)
      case let code: throw .request("VIDIOC_QUERYCAP", code, path: path)
      }
      let capabilities = Int64(capability.capabilities)
      let isPlanar = capabilities & Int64(V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0
      guard isPlanar || capabilities & Int64(V4L2_CAP_VIDEO_CAPTURE) != 0 else {
        let isMetadata = capabilities & Int64(V4L2_CAP_META_CAPTURE) != 0
        throw .notACamera(path: path, isMetadata ? .metadata : .otherVideo)
      }
      guard capabilities & Int64(V4L2_CAP_STREAMING) != 0 else { throw .notACamera(path: path, .noStreaming) }
      return CameraDevice(
        path: path, descriptor: descriptor, identity: CameraIdentity(capability, path: path),
        isPlanar: isPlanar)
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func failure(_ code: Int32, path: String) -> CaptureError {
    switch code {
    case ENOENT, ENOTDIR, ENODEV, ENXIO: .noSuchSource(path: path)
    default: .request("open", code, path: path)
    }
  }
}

extension CameraDevice {
  /// Throws where a request of the video API did not return 0.
  func check(_ request: String, _ code: Int32) throws(CaptureError) {
    if code != 0 { throw .request(request, code, path: path) }
  }
}
