public import LinnetSafetensors

/// Why a model file is refused.
public enum ModelError: Error, Equatable {
  /// The container itself is wrong, or the file cannot be read.
  case container(SafetensorsError)
  /// A safetensors file without this metadata key: no model of ours.
  case notAModel(missing: String)
  /// Made by a newer converter.
  case unsupportedFormat(String)
  /// `linnet.graph` is not JSON.
  case graphSyntax(JSONError)
  /// A part of the graph breaks a rule of FORMAT.md; `place` names the operator or tensor.
  case invalid(place: String, rule: String)
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .container(let error): error.description
    case .notAModel(let key):
      "not a Linnet model: its metadata has no \"\(key)\"; make one with toolchain/convert/linnet-convert"
    case .unsupportedFormat(let version):
      "the model has format \(version), and this program reads formats 1 and 2; convert it again or update Linnet"
    case .graphSyntax(let error): "the model's graph cannot be read: \(error)"
    case .invalid(let place, let rule): "the model is damaged at \(place): \(rule)"
    }
  }
}
