internal import CLinux

/// A file descriptor that is closed when nobody holds it any more.
final class Descriptor {
  let number: Int32
  private let isOwned: Bool

  init(_ number: Int32) { (self.number, isOwned) = (number, true) }

  /// One that is not to be closed.
  init(borrowing number: Int32) { (self.number, isOwned) = (number, false) }

  deinit { if isOwned { close(number) } }

  /// Who has connected to this socket; `nil` when nobody has after all.
  func accept() -> Descriptor? {
    let number = linnet_accept(number)
    return number < 0 ? nil : Descriptor(number)
  }
}
