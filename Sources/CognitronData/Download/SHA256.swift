// Computes the SHA-256 of downloaded files.

import CCrypto
import Cognitron

enum SHA256 {
    /// The SHA-256 of a file as 64 hexadecimal digits.
    static func digest(ofFileAt path: String) throws -> String {
        guard let context = EVP_MD_CTX_new() else { throw failure(path) }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw failure(path) }
        try FileBytes.forEachChunk(path) { chunk in
            let status = chunk.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
            guard status == 1 else { throw failure(path) }
        }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &digest, &count) == 1 else { throw failure(path) }
        return digest[..<Int(count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func failure(_ path: String) -> CognitronError {
        CognitronError(.file, path, "libcrypto could not compute its SHA-256")
    }
}
