/// A rectangle of pixels.
struct Region: Hashable, Sendable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int
}
