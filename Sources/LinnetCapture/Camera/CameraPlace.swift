internal import CLinux

/// Where to look for a camera, the first time and when it comes back.
struct CameraPlace {
  /// What a person said.
  private let request: String?
  /// Where others of its kind are plugged in, which are not to be taken for it: many share one serial number.
  private var twins: Set<String> = []

  init(_ request: String?) { self.request = request }

  /// Remembers the cameras that are beside `identity` and call themselves the same.
  mutating func rememberTwins(of identity: CameraIdentity) {
    for case let other? in Self.nodes().map({ try? CameraDevice.open($0).identity })
    where other.driver == identity.driver && other.card == identity.card && other.bus != identity.bus {
      twins.insert(other.bus)
    }
  }

  /// The node that the request names.
  func find() throws(CaptureError) -> String {
    guard let request else { return try Self.first() }
    if request.contains("/") { return request }
    if Int(request) != nil { return "/dev/video\(request)" }
    for node in Self.nodes() {
      let isLinked = Self.links(to: node).contains { lastComponent($0).holds(request) }
      do throws(CaptureError) {
        let camera = try CameraDevice.open(node)
        if isLinked || camera.identity.card.holds(request) { return node }
      } catch {
        if case .notACamera = error { continue }
        if isLinked { throw error }
      }
    }
    throw .noSuchSource(path: request)
  }

  /// The node under which the camera that was in use is there again.
  func find(_ identity: CameraIdentity) throws(CaptureError) -> String {
    // A link that udev makes is for this camera or this port alone: what it leads to is meant.
    if let request, request.hasPrefix("/dev/v4l/") { return request }
    var nodes = Self.nodes()
    if let request, request.contains("/"), !nodes.contains(request) { nodes.insert(request, at: 0) }
    var refusal: CaptureError?
    var found: [(node: String, identity: CameraIdentity)] = []
    for node in nodes {
      do throws(CaptureError) {
        let other = try CameraDevice.open(node).identity
        if !twins.contains(other.bus) { found.append((node, other)) }
      } catch {
        if case .permission = error { refusal = error }
      }
    }
    if let same = found.first(where: { $0.identity.isSame(as: identity) }) { return same.node }
    let kin = found.filter { $0.identity.isSameKind(as: identity) }
    if kin.count == 1 { return kin[0].node }
    throw refusal ?? .gone(path: identity.card)
  }

  /// The nodes of the video API, cameras or not, by their numbers.
  static func nodes() -> [String] {
    names(inFolder: "/dev")
      .compactMap { $0.hasPrefix("video") ? Int($0.dropFirst("video".count)) : nil }
      .sorted().map { "/dev/video\($0)" }
  }

  /// The lasting names under which udev lists `node`, those of the camera before those of the port.
  static func links(to node: String) -> [String] {
    ["/dev/v4l/by-id", "/dev/v4l/by-path"].flatMap { folder in
      names(inFolder: folder).map { "\(folder)/\($0)" }.filter { resolved($0) == node }
    }
  }

  private static func first() throws(CaptureError) -> String {
    var refusal: CaptureError?
    for node in nodes() {
      do throws(CaptureError) {
        return try CameraDevice.open(node).path
      } catch {
        if case .notACamera = error { continue }
        refusal = refusal ?? error
      }
    }
    throw refusal ?? .noCamera
  }
}

extension String {
  /// Whether `part` stands in this text, capital letters or small.
  fileprivate func holds(_ part: String) -> Bool { lowercased().contains(part.lowercased()) }
}
