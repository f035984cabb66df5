import LinnetImage
import LinnetTensor
import Testing

@Suite(.enabled(if: SharedData.isThere)) struct SharedDataTests {
  /// What is decoded of a picture gives the tensor that the whole picture gives: no set is large enough to be shrunk.
  @Test(arguments: [
    "blood-cells", "caltech101-20", "clothing", "grocery", "imagenet-samples", "pacs-sketch", "trashnet",
  ])
  func partsGiveTheTensorOfTheWhole(set: String) throws {
    let shape = Shape(height: 224, width: 224, channels: 3)
    var transform = try InputTransform(
      preprocessing: InputTransformTests.preprocessing(side: 224), shape: shape,
      quantisation: InputTransformTests.levels)
    let paths = SharedData.pictures(in: set)
    for path in stride(from: 0, to: paths.count, by: max(1, paths.count / 12)).map({ paths[$0] }) {
      let bytes = contents(of: SharedData.folder + path)
      var part = [Int8](repeating: 0, count: shape.count)
      var whole = part
      var partSpan = part.mutableSpan
      try transform.write(picture: bytes, into: &partSpan)
      var wholeSpan = whole.mutableSpan
      transform.write(try Picture.decode(bytes), into: &wholeSpan)
      #expect(part == whole, "\(path)")
    }
  }
}
