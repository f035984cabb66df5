public import LinnetHead

/// Why a head cannot be adapted at all; that it had better not be is no error but an answer (``DomainChoice``).
public enum DomainError: Error, Equatable {
  case noFrames
  /// A method needs at least `needed` frames.
  case tooFewFrames(has: Int, needed: Int)
  case wrongDimension(expected: Int, actual: Int)
  /// A frame, counted from 1, with a number that is not finite.
  case notFinite(frame: Int)
  /// All frames, or all shots, have one embedding: nothing can be learned of their world.
  case constant(what: String)
  case oneClass(String)
  /// No label of the frames, where they have any, is one of the shots'.
  case noClassInCommon
  /// A class of labelled frames of which there is no shot.
  case withoutShots(label: String)
  case head(HeadError)
}

extension DomainError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noFrames: "there are no frames to adapt to: give pictures from where the head is to work"
    case .tooFewFrames(let has, let needed):
      "\(has) frame\(has == 1 ? "" : "s") cannot show what another world looks like: give at least \(needed)"
    case .wrongDimension(let expected, let actual):
      "a frame has \(actual) numbers where \(expected) are expected: it comes from another backbone"
    case .notFinite(let frame): "frame \(frame) holds a number that is not finite"
    case .constant(let what): "all \(what) have the same embedding: give pictures that differ"
    case .oneClass(let label):
      "the only class is \"\(label)\", and there is nothing to confuse it with: no adaptation is needed"
    case .noClassInCommon: "no class of the frames is one of the shots': name their folders alike"
    case .withoutShots(let label):
      "there are labelled frames of \"\(label)\" but no shots: name their folder as the label, or enrol pictures of it first"
    case .head(let error): error.description
    }
  }
}
