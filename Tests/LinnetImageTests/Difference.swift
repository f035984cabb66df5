import LinnetImage

/// How far two pictures of one size lie apart, in grey levels.
struct Difference {
  var mean: Double
  var largest: Int

  init(_ a: [UInt8], _ b: [UInt8]) {
    var sum = 0
    largest = 0
    for (x, y) in zip(a, b) {
      let distance = abs(Int(x) - Int(y))
      sum += distance
      largest = max(largest, distance)
    }
    mean = Double(sum) / Double(max(a.count, 1))
    if a.count != b.count { (mean, largest) = (.infinity, .max) }
  }

  init(_ a: Picture, _ b: Picture) {
    self.init(a.pixels, a.width == b.width && a.height == b.height ? b.pixels : [])
  }
}
