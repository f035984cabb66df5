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
