internal import CLinux
internal import CV4L2

/// What a camera is known by when its node goes and comes back, perhaps under another number.
struct CameraIdentity: Hashable {
  var driver: String
  /// What the camera calls itself.
  var card: String
  /// Where it is plugged in.
  var bus: String
  /// Of a USB device that has one.
  var serial: String?
  /// Of several nodes of one device, which.
  var index: String?

  init(driver: String, card: String, bus: String, serial: String?, index: String?) {
    self.driver = driver
    self.card = card
    self.bus = bus
    self.serial = serial
    self.index = index
  }

  init(_ capability: linnet_capability, path: String) {
    let node = "/sys/class/video4linux/\(lastComponent(resolved(path) ?? path))"
    self.init(
      driver: text(capability.driver), card: text(capability.card), bus: text(capability.bus),
      serial: firstLine(ofFile: "\(node)/device/../serial"), index: firstLine(ofFile: "\(node)/index"))
  }

  /// Whether `other` is the same camera, perhaps in another port: what it calls itself agrees, and where it is
  /// plugged in or its serial number.
  func isSame(as other: CameraIdentity) -> Bool {
    driver == other.driver && card == other.card && index == other.index
      && (bus == other.bus || (serial != nil && serial == other.serial))
  }

  /// Whether `other` calls itself the same, which two cameras of one kind do, and no serial number denies it.
  func isSameKind(as other: CameraIdentity) -> Bool {
    driver == other.driver && card == other.card && index == other.index
      && (serial == nil || other.serial == nil || serial == other.serial)
  }
}

/// The text in an array of fixed length that ends with a zero.
func text<T: BitwiseCopyable>(_ array: T) -> String {
  unsafe withUnsafeBytes(of: array) { bytes in
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
