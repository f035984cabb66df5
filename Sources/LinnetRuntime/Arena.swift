internal import CLinux

/// The one block of memory that a session's activations and scratch live in; zeroed, aligned to 64 bytes.
@safe struct Arena: ~Copyable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) throws(SessionError) {
    var memory: UnsafeMutableRawPointer?
    guard unsafe posix_memalign(&memory, 64, max(byteCount, 64)) == 0, let memory = unsafe memory else {
      throw .outOfMemory(bytes: byteCount)
    }
    unsafe memset(memory, 0, max(byteCount, 64))
    unsafe base = memory
    self.byteCount = byteCount
  }

  deinit {
    unsafe free(base)
  }
}
