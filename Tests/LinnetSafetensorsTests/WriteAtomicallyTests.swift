import CLinux
import LinnetSafetensors
import Testing

private func canMount() -> Bool {
  var isMounted = false
  try? withTemporaryFolder { folder in
    isMounted = unsafe mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0
    if isMounted { unsafe umount(folder) }
  }
  return isMounted
}

@Suite struct WriteAtomicallyTests {
  @Test func replacesTheOldContentsAndLeavesNothingElse() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try writeAtomically([1, 2, 3] as [UInt8], to: path)
      #expect(contents(of: path) == [1, 2, 3])
      try writeAtomically([4] as [UInt8], to: path)
      #expect(contents(of: path) == [4])
      #expect(names(in: folder) == ["file"])
    }
  }

  @Test func errorsNameThePathAndTheReason() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/missing/file"
      let error = try #require(throws: SystemError.self) { try writeAtomically([1] as [UInt8], to: path) }
      #expect(error.isMissing)
      #expect(error.description == "cannot write \(path): No such file or directory")
    }
  }

  @Test func whatIsNoFileIsWrittenIntoAndStays() throws {
    try withTemporaryFolder { folder in
      let pipe = folder + "/pipe"
      try #require(unsafe mkfifo(pipe, 0o600) == 0)
      let reader = unsafe linnet_open(pipe, O_RDONLY | O_NONBLOCK, 0)
      defer { close(reader) }
      try writeAtomically([5, 6] as [UInt8], to: pipe)
      var bytes = [UInt8](repeating: 0, count: 4)
      let count = unsafe read(reader, &bytes, 4)
      #expect(count == 2 && bytes[..<2] == [5, 6])
      var status = stat()
      #expect(unsafe lstat(pipe, &status) == 0)
      #expect(Int32(status.st_mode & mode_t(S_IFMT)) == S_IFIFO)
      #expect(names(in: folder) == ["pipe"])
    }
  }

  @Test func aLinkStaysAndWhatItLeadsToIsReplaced() throws {
    try withTemporaryFolder { folder in
      try writeAtomically([1] as [UInt8], to: folder + "/file")
      try #require(unsafe symlink("file", folder + "/link") == 0)
      try writeAtomically([2] as [UInt8], to: folder + "/link")
      #expect(contents(of: folder + "/file") == [2])
      var status = stat()
      #expect(unsafe lstat(folder + "/link", &status) == 0)
      #expect(Int32(status.st_mode & mode_t(S_IFMT)) == S_IFLNK)
      // A link that leads nowhere becomes the file.
      try #require(unsafe symlink("nowhere", folder + "/loose") == 0)
      try writeAtomically([3] as [UInt8], to: folder + "/loose")
      #expect(contents(of: folder + "/loose") == [3])
    }
  }

  @Test func aFolderInTheWayIsAnErrorThatLeavesNothing() throws {
    try withTemporaryFolder { folder in
      #expect(unsafe mkdir(folder + "/there", 0o700) == 0)
      #expect(throws: SystemError.self) { try writeAtomically([1] as [UInt8], to: folder + "/there") }
      #expect(names(in: folder) == ["there"])
    }
  }

  /// Only a privileged process may mount; elsewhere the test is reported as skipped.
  @Test(.enabled(if: canMount(), "needs a small file system of its own"))
  func aFullDiskLeavesTheOldFile() throws {
    try withTemporaryFolder { folder in
      try #require(unsafe mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0)
      defer { unsafe umount(folder) }
      let path = folder + "/file"
      try writeAtomically([1, 2, 3] as [UInt8], to: path)
      let large = [UInt8](repeating: 7, count: 1 << 20)
      let error = try #require(throws: SystemError.self) { try writeAtomically(large, to: path) }
      #expect(error.code == ENOSPC && error.path == path)
      #expect(contents(of: path) == [1, 2, 3])
      #expect(names(in: folder) == ["file"])
    }
  }
}
