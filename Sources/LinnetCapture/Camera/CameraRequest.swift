public import LinnetTensor

/// What a person wants of a camera; the driver may answer with something else, which ``Negotiation`` says.
public struct CameraRequest: Hashable, Sendable {
  /// A path, a number (2 for /dev/video2) or a part of a name that `linnet cameras` lists; `nil` for the first camera.
  public var device: String?
  public var width: Int
  public var height: Int
  /// The camera's own format, also one that must be converted; `nil` for the one that costs least.
  public var code: PixelCode?
  /// `nil` for 30, or what is nearest to it.
  public var framesPerSecond: Int?
  /// How long no whole frame may come until the camera is opened anew.
  public var stallSeconds: Double

  public init(
    device: String? = nil, width: Int = 640, height: Int = 480, pixels: PixelFormat? = nil,
    framesPerSecond: Int? = nil, stallSeconds: Double = 2
  ) {
    self.device = device
    self.width = width
    self.height = height
    self.code = pixels.map { PixelCode($0) }
    self.framesPerSecond = framesPerSecond
    self.stallSeconds = stallSeconds
  }
}
