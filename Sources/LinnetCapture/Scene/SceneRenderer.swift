/// Draws the frames of a synthetic scene: photographs, cut out, in moving perspective and light before a quiet wall, with
/// noise and blur. A frame is a pure function of seed and number.
public struct SceneRenderer: Sendable {
  public let width: Int
  public let height: Int
  public let objects: [SceneObject]
  public let seed: UInt64
  private let wall: [UInt8]

  /// - Precondition: there is an object, and both extents are at least 16.
  public init(objects: [SceneObject], width: Int, height: Int, seed: UInt64) {
    precondition(!objects.isEmpty && width >= 16 && height >= 16, "a scene shows something")
    (self.objects, self.width, self.height, self.seed) = (objects, width, height, seed)
    wall = Self.wall(width: width, height: height, seed: seed)
  }

  /// The object that a frame shows.
  public func object(of frame: Int) -> SceneObject {
    objects[
      ScenePose.object(ofTurn: frame / ScenePose.framesPerObject, seed: seed, objects: objects.count)]
  }

  /// The frame's pixels, RGB.
  public func render(_ frame: Int) -> [UInt8] {
    let pose = ScenePose(frame: frame, seed: seed, objects: objects.count)
    var pixels = wall
    draw(objects[pose.object], pose, on: &pixels)
    for _ in 0..<pose.blur { blur(&pixels) }
    var random = SceneRandom(seed: seed ^ 0x015E, part: UInt64(frame))
    light(&pixels, pose, &random)
    return pixels
  }

  private func draw(_ object: SceneObject, _ pose: ScenePose, on pixels: inout [UInt8]) {
    guard let columns = pose.inverse(width: width, height: height, object: object) else { return }
    for y in 0..<height {
      let row = columns.1 * (Float(y) + 0.5) + columns.2
      for x in 0..<width {
        let point = row + columns.0 * (Float(x) + 0.5)
        guard point.z > 0 else { continue }
        let (u, v) = (point.x / point.z, point.y / point.z)
        guard abs(u) < 1, abs(v) < 1 else { continue }
        let opacity = SceneObject.opacity(u, v)
        guard opacity > 0 else { continue }
        let colour = object.colour(u, v)
        let place = 3 * (y * width + x)
        for channel in 0..<3 {
          let under = Float(pixels[place + channel])
          pixels[place + channel] = UInt8(under + (colour[channel] - under) * opacity)
        }
      }
    }
  }

  /// Gain, tint and noise, pixel by pixel.
  private func light(_ pixels: inout [UInt8], _ pose: ScenePose, _ random: inout SceneRandom) {
    for y in 0..<height {
      let row = pose.light.x * (1 + pose.light.z * (Float(y) / Float(height) - 0.5))
      for x in 0..<width {
        let gain = row * (1 + pose.light.y * (Float(x) / Float(width) - 0.5))
        let bits = random.next()
        let place = 3 * (y * width + x)
        for channel in 0..<3 {
          // The sum of two numbers of eight bits: a triangle about zero.
          let one = Int(bits >> UInt64(16 * channel) & 255)
          let noise = Float(one + Int(bits >> UInt64(16 * channel + 8) & 255) - 255) / 128 * pose.noise
          let value = Float(pixels[place + channel]) * gain * pose.tint[channel] + noise
          pixels[place + channel] = UInt8(min(max(value, 0), 255))
        }
      }
    }
  }

  /// Mixes every pixel with its neighbours, first in its row, then in its column, 1 : 2 : 1.
  private func blur(_ pixels: inout [UInt8]) {
    var before = pixels
    for y in 0..<height {
      for place in 3 * (y * width + 1)..<3 * (y * width + width - 1) {
        pixels[place] = UInt8(
          (Int(before[place - 3]) + 2 * Int(before[place]) + Int(before[place + 3]) + 2) >> 2)
      }
    }
    before = pixels
    for place in 3 * width..<3 * width * (height - 1) {
      let (above, below) = (Int(before[place - 3 * width]), Int(before[place + 3 * width]))
      pixels[place] = UInt8((above + 2 * Int(before[place]) + below + 2) >> 2)
    }
  }

  /// A plain wall with clouds of light.
  private static func wall(width: Int, height: Int, seed: UInt64) -> [UInt8] {
    var random = SceneRandom(seed: seed, part: .max)
    let base = SIMD3(random.next(in: 90...170), random.next(in: 90...170), random.next(in: 90...170))
    let (columns, rows) = (9, 7)
    let clouds = (0..<columns * rows).map { _ in random.next(in: -25...25) }
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    for y in 0..<height {
      let v = Float(y) / Float(height) * Float(rows - 1)
      for x in 0..<width {
        let u = Float(x) / Float(width) * Float(columns - 1)
        let place = Int(v) * columns + Int(u)
        let (across, down) = (u - Float(Int(u)), v - Float(Int(v)))
        let upper = clouds[place] + (clouds[place + 1] - clouds[place]) * across
        let lower = clouds[place + columns] + (clouds[place + columns + 1] - clouds[place + columns]) * across
        let cloud = upper + (lower - upper) * down
        for channel in 0..<3 {
          pixels[3 * (y * width + x) + channel] = UInt8(min(max(base[channel] + cloud, 0), 255))
        }
      }
    }
    return pixels
  }
}
