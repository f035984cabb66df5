import LinnetSafetensors
import Testing

@Suite struct SHA256Tests {
  @Test func knownAnswers() {
    let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(SHA256.text(SHA256.digest(of: [UInt8]())) == empty)
    let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(SHA256.text(SHA256.digest(of: Array("abc".utf8))) == abc)
  }

  @Test func partsMakeTheDigestOfTheWhole() {
    var parts = SHA256()
    parts.update("a")
    parts.update(Array("bc".utf8))
    #expect(parts.finish() == SHA256.digest(of: Array("abc".utf8)))
  }
}
