internal import CLinux

/// The store's lock, held while this value lives. It is `flock`'s, so the kernel gives it back when a process dies.
struct StoreLock: ~Copyable {
  enum Kind {
    /// Many may read at once.
    case shared
    /// One changes, nobody reads.
    case exclusive
  }

  /// How long a process waits for another before it gives up.
  static let patience = 30

  private let descriptor: Int32

  /// Waits up to ``patience`` seconds. A reader that may not even open the lock file (a store on a read-only disk) goes without.
  init(_ path: String, _ kind: Kind) throws(StoreError) {
    descriptor = unsafe linnet_open(path, O_RDWR | O_CREAT, 0o644)
    guard descriptor >= 0 else {
      if kind == .shared { return }
      throw systemError("open", path)
    }
    let operation = (kind == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB
    let deadline = linnet_monotonic_nanoseconds() + UInt64(Self.patience) * 1_000_000_000
    while flock(descriptor, operation) != 0 {
      let code = linnet_errno()
      guard code == EWOULDBLOCK || code == EINTR else { throw systemError("lock", path) }
      guard linnet_monotonic_nanoseconds() < deadline else { throw .busy(path: path, seconds: Self.patience) }
      usleep(20_000)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
