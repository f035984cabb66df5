/// Where the object of a frame is and how it is lit: a pure function of seed and number, in arithmetic that gives the
/// same on every machine.
struct ScenePose: Equatable {
  var object: Int
  /// Angles of the object's plane: tilt, pan and roll.
  var angles: SIMD3<Float>
  /// Its middle, in shorter sides of the picture from the picture's middle.
  var middle: SIMD2<Float>
  /// Its shorter side's half, in shorter sides of the picture.
  var scale: Float
  /// Gain of the light in the middle, and its change to the right and downwards.
  var light: SIMD3<Float>
  var tint: SIMD3<Float>
  /// Times that pixels are mixed with their neighbours.
  var blur: Int
  /// Grey levels.
  var noise: Float

  /// Frames that an object is shown for; it slides in during the first tenth of them and out during the last.
  static let framesPerObject = 60

  init(frame: Int, seed: UInt64, objects: Int) {
    let turn = frame / Self.framesPerObject
    let time = Float(frame % Self.framesPerObject) / Float(Self.framesPerObject)
    var random = SceneRandom(seed: seed, part: UInt64(turn))
    object = Self.object(ofTurn: turn, seed: seed, objects: objects)
    let phase = random.next(in: 0...1)
    angles = [
      random.next(in: 0.1...0.45) * Self.wave(time + phase),
      random.next(in: 0.1...0.55) * Self.wave(time * 1.5 + phase),
      random.next(in: -0.2...0.2) + 0.1 * Self.wave(time + 0.5 * phase),
    ]
    middle = [random.next(in: -0.08...0.08), random.next(in: -0.08...0.08)]
    scale = random.next(in: 0.34...0.46) + 0.03 * Self.wave(time * 2)
    light = [
      random.next(in: 0.7...1.2) + 0.05 * Self.wave(time), random.next(in: -0.3...0.3),
      random.next(in: -0.3...0.3),
    ]
    tint = [random.next(in: 0.92...1.08), 1, random.next(in: 0.92...1.08)]
    blur = random.next(below: 3)
    noise = random.next(in: 1...6)
    let side: Float = random.next(below: 2) == 0 ? -1.6 : 1.6
    middle.x += side * max(0, 1 - 10 * time) - side * max(0, 10 * time - 9)
  }

  /// The objects take turns in an order that the seed makes.
  static func object(ofTurn turn: Int, seed: UInt64, objects: Int) -> Int {
    var random = SceneRandom(seed: seed, part: .max - 1)
    var order = Array(0..<objects)
    for place in order.indices.reversed() { order.swapAt(place, random.next(below: place + 1)) }
    return order[turn % objects]
  }

  /// −1…1 and back once a unit, smooth, of additions and multiplications alone.
  static func wave(_ time: Float) -> Float {
    let part = time - time.rounded(.down)
    let half = part < 0.5 ? part * 4 - 1 : 3 - part * 4
    return half * (1.5 - 0.5 * half * half)
  }
}

extension ScenePose {
  /// The columns of what takes (x, y, 1) of a picture of this size to (u, v, 1) of an object of this shape, up to a factor
  /// above zero: the inverse of a plane seen from three of its sides away. `nil` where the plane is seen from its edge.
  func inverse(
    width: Int, height: Int, object: SceneObject
  ) -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)? {
    let distance: Float = 3
    let side = Float(min(width, height))
    let shorter = Float(min(object.width, object.height))
    let (wide, high) = (Float(object.width) / shorter, Float(object.height) / shorter)
    let (sx, cx) = Self.sineAndCosine(angles.x)
    let (sy, cy) = Self.sineAndCosine(angles.y)
    let (sz, cz) = Self.sineAndCosine(angles.z)
    // Columns of the rotation roll · tilt · pan that the plane's two axes turn into.
    let u = SIMD3(cz * cy - sz * sx * sy, sz * cy + cz * sx * sy, -cx * sy) * wide
    let v = SIMD3(-sz * cx, cz * cx, sx) * high
    let zoom = scale * side * distance
    let x = Float(width) / 2 + middle.x * side
    let y = Float(height) / 2 + middle.y * side
    let depth = SIMD3(u.z, v.z, distance)
    let across = SIMD3(u.x, v.x, 0) * zoom + depth * x
    let down = SIMD3(u.y, v.y, 0) * zoom + depth * y
    // Columns of the adjugate of the matrix with the rows across, down, depth.
    let first = Self.cross(down, depth)
    let determinant = (across * first).sum()
    guard abs(determinant) > 1e-3 else { return nil }
    return (
      first / determinant, Self.cross(depth, across) / determinant, Self.cross(across, down) / determinant
    )
  }

  private static func cross(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
  }

  /// Of angles below one, to 10⁻⁴.
  private static func sineAndCosine(_ angle: Float) -> (Float, Float) {
    let square = angle * angle
    return (
      angle * (1 - square / 6 * (1 - square / 20)), 1 - square / 2 * (1 - square / 12 * (1 - square / 30))
    )
  }
}
