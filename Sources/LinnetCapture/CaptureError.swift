/// Why a source gives no frames.
public enum CaptureError: Error, Equatable {
  /// There is nothing at that path.
  case noSuchSource(path: String)
}

extension CaptureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchSource(let path):
      "\(path) is not there: `linnet cameras` lists the cameras of this machine"
    }
  }
}
