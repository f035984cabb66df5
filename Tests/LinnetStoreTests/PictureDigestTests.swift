import LinnetStore
import Testing

@Suite struct PictureDigestTests {
  @Test func isSHA256() throws {
    let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let digest = PictureDigest(of: Array("abc".utf8))
    #expect(digest.hexadecimal == text)
    #expect(digest.short == "ba7816bf8f01cfea")
    #expect(PictureDigest(hexadecimal: text) == digest)
    #expect(PictureDigest(hexadecimal: "sha256:" + text.uppercased()) == digest)
    #expect(PictureDigest(hexadecimal: String(text.dropLast())) == nil)
    #expect(PictureDigest(hexadecimal: "g" + text.dropFirst()) == nil)
  }
}
