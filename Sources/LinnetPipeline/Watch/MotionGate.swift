/// Tells from small pictures of luma whether a scene holds still enough to be looked at.
///
/// A part of the picture has changed when its luma, each picture's mean taken off, so that a lamp or an automatic
/// exposure moves nothing, differs from the frame before by more than ``Settings/step``.
public struct MotionGate: Sendable {
  public struct Settings: Hashable, Sendable {
    /// The share of the picture that has to change from one frame to the next for the scene to be moving, 0…1;
    /// 0 lets every frame pass.
    public var share: Float
    /// Grey levels: above noise, and above what a hand that holds something still does at edges.
    public var step = 20
    /// Frames in a row, each with less than half of ``share`` changed, after which a scene that moved is still.
    public var calm = 2

    public init(share: Float = 0.15) { self.share = share }

    /// Every frame passes.
    public static let open = Settings(share: 0)
  }

  public let settings: Settings
  public private(set) var isMoving = false
  private var before: [UInt8] = []
  private var calmFrames = 0

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  /// Takes the next frame's luma, and says whether the scene moves.
  ///
  /// - Parameter luma: as many parts of the picture for every frame; another number begins anew.
  public mutating func observe(_ luma: [UInt8]) -> Bool {
    guard settings.share > 0 else { return false }
    defer { keep(luma) }
    guard luma.count == before.count, !luma.isEmpty else {
      forget()
      return false
    }
    let changed = changedShare(luma)
    if changed > settings.share {
      isMoving = true
      calmFrames = 0
    } else if isMoving {
      calmFrames = changed < settings.share / 2 ? calmFrames + 1 : 0
      isMoving = calmFrames < settings.calm
    }
    return isMoving
  }

  /// Begins anew: what came before is no measure for what comes, as after frames that never came.
  public mutating func forget() {
    before = []
    isMoving = false
    calmFrames = 0
  }

  /// Copied byte by byte: were the caller's array held, the caller's next change of it would copy it.
  private mutating func keep(_ luma: [UInt8]) {
    guard before.count == luma.count else {
      before = luma
      return
    }
    for place in luma.indices { before[place] = luma[place] }
  }

  private func changedShare(_ luma: [UInt8]) -> Float {
    var sums = (0, 0)
    for place in luma.indices {
      sums.0 += Int(luma[place])
      sums.1 += Int(before[place])
    }
    let light = sums.0 - sums.1
    var changed = 0
    for place in luma.indices {
      let difference = (Int(luma[place]) - Int(before[place])) * luma.count - light
      if abs(difference) > settings.step * luma.count { changed += 1 }
    }
    return Float(changed) / Float(luma.count)
  }
}
