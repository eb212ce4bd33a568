internal import CCrypto

/// SHA-256 of what passes by.
package final class Digest {
  private let context: OpaquePointer?

  package init() {
    context = EVP_MD_CTX_new()
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { EVP_MD_CTX_free(context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The 32 bytes over everything so far; ready for another text afterwards.
  package func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    return digest
  }

  /// The 32 bytes over everything so far, which may go on.
  package func soFar() -> [UInt8] {
    let copy = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(copy) }
    EVP_MD_CTX_copy_ex(copy, context)
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(copy, &digest, nil)
    return digest
  }

  /// The first 16 of those bytes, in their order.
  func finishHalf() -> SIMD2<UInt64> {
    var digest = SIMD4<UInt64>()
    withUnsafeMutableBytes(of: &digest) {
      _ = EVP_DigestFinal_ex(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
    }
    EVP_DigestInit_ex(context, nil, nil)
    return digest.lowHalf
  }

  package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    let digest = Digest()
    digest.update(bytes)
    return digest.finish()
  }
}
