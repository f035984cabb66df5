internal import CLinux
internal import CV4L2

/// A camera of this machine and what it can do.
public struct CameraDescription: Hashable, Sendable {
  /// Its node, as in /dev/video0.
  public var path: String
  /// Lasting names that udev gave it: those of the camera, then those of the port that it is in.
  public var links: [String]
  /// What the camera calls itself.
  public var card: String
  public var driver: String
  public var bus: String
  public var serial: String?
  public var formats: [Format] = []
  public var controls: [Control] = []
  /// Programs that have it open, as far as this user may see.
  public var users: [CameraUser]
  /// Why it cannot be opened; all that would have been asked of it is missing then.
  public var problem: CaptureError?

  /// A picture format that it offers.
  public struct Format: Hashable, Sendable {
    public var code: PixelCode
    /// The driver's words.
    public var description: String
    public var use: Use
    public var sizes: [Size]

    /// What Linnet makes of it.
    public enum Use: String, Hashable, Sendable {
      case native
      case converted
      case none
    }
  }

  /// A size, or a range of sizes, of a format.
  public struct Size: Hashable, Sendable {
    public var width: ClosedRange<Int>
    public var height: ClosedRange<Int>
    /// Frames a second, the most first; each a range where the driver can do all between. Of the largest size.
    public var rates: [ClosedRange<Double>]
  }

  /// Something that can be set.
  public struct Control: Hashable, Sendable {
    public var name: String
    public var kind: Kind
    public var range: ClosedRange<Int64>
    public var usual: Int64
    /// `nil` for buttons and the like, which have no value.
    public var value: Int64?
    /// The names of a menu's entries, by their numbers.
    public var entries: [Int64: String]

    public enum Kind: String, Hashable, Sendable {
      case number
      case flag
      case menu
      case button
      case other
    }
  }
}

extension CameraDescription {
  /// The cameras of this machine by the numbers of their nodes; those too that may not be opened.
  public static func all() -> [CameraDescription] {
    CameraPlace.nodes().compactMap { path in
      do throws(CaptureError) {
        return CameraDescription(try CameraDevice.open(path))
      } catch {
        switch error {
        case .notACamera, .noSuchSource, .gone: return nil
        default: return CameraDescription(path: path, problem: error)
        }
      }
    }
  }

  private init(path: String, problem: CaptureError) {
    let name = firstLine(ofFile: "/sys/class/video4linux/\(lastComponent(path))/name")
    self.init(
      path: path, links: CameraPlace.links(to: path), card: name ?? "?", driver: "", bus: "", serial: nil,
      users: CameraUser.list(of: path), problem: problem)
  }

  private init(_ device: borrowing CameraDevice) {
    let identity = device.identity
    self.init(
      path: device.path, links: CameraPlace.links(to: device.path), card: identity.card,
      driver: identity.driver,
      bus: identity.bus, serial: identity.serial, formats: device.formats(), controls: device.controls(),
      users: CameraUser.list(of: device.path), problem: nil)
  }
}

extension CameraDevice {
  fileprivate func formats() -> [CameraDescription.Format] {
    var formats: [CameraDescription.Format] = []
    for (code, description) in codes() {
      let use: CameraDescription.Format.Use =
        code.format != nil ? .native : ConvertibleFormat(code) != nil ? .converted : .none
      formats.append(.init(code: code, description: description, use: use, sizes: sizes(code)))
    }
    return formats
  }

  private func sizes(_ code: PixelCode) -> [CameraDescription.Size] {
    var sizes: [CameraDescription.Size] = []
    for index in 0..<UInt32(256) {
      var size = linnet_frame_size()
      guard unsafe linnet_video_enumerate_size(descriptor, code.rawValue, index, &size) == 0 else { break }
      let (width, height) = (Int(size.max_width), Int(size.max_height))
      sizes.append(
        .init(
          width: min(Int(size.min_width), width)...width, height: min(Int(size.min_height), height)...height,
          rates: rates(code, width: width, height: height)))
    }
    return sizes
  }

  fileprivate func controls() -> [CameraDescription.Control] {
    var controls: [CameraDescription.Control] = []
    var control = linnet_control()
    while controls.count < 1024, unsafe linnet_video_next_control(descriptor, &control) == 0 {
      let kind: CameraDescription.Control.Kind =
        switch control.type {
        case V4L2_CTRL_TYPE_INTEGER.rawValue, V4L2_CTRL_TYPE_INTEGER64.rawValue,
          V4L2_CTRL_TYPE_BITMASK.rawValue:
          .number
        case V4L2_CTRL_TYPE_BOOLEAN.rawValue: .flag
        case V4L2_CTRL_TYPE_MENU.rawValue, V4L2_CTRL_TYPE_INTEGER_MENU.rawValue: .menu
        case V4L2_CTRL_TYPE_BUTTON.rawValue: .button
        default: .other
        }
      controls.append(
        .init(
          name: text(control.name), kind: kind,
          range: min(control.minimum, control.maximum)...max(control.minimum, control.maximum),
          usual: control.default_value, value: control.has_value ? control.value : nil,
          entries: kind == .menu ? entries(&control) : [:]))
    }
    return controls
  }

  private func entries(_ control: inout linnet_control) -> [Int64: String] {
    var entries: [Int64: String] = [:]
    for index in max(control.minimum, 0)...max(min(control.maximum, 255), control.minimum, 0) {
      var name = [CChar](repeating: 0, count: 32)
      let failed = unsafe name.withUnsafeMutableBufferPointer {
        unsafe linnet_video_menu_entry(descriptor, &control, UInt32(index), $0.baseAddress) != 0
      }
      if failed { continue }
      entries[index] = String(
        decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return entries
  }
}
