/// A file on a server, with its size and hash.
public struct RemoteFile: Sendable, Equatable {
    /// Address, http or https.
    public let address: String
    public let byteCount: Int
    /// 64 hexadecimal digits.
    public let sha256: String

    public init(_ address: String, byteCount: Int, sha256: String) {
        (self.address, self.byteCount, self.sha256) = (address, byteCount, sha256.lowercased())
    }

    /// Local name: the last component of the address.
    public var name: String { lastPathComponent(address) }
}

/// The progress of a download.
public struct DownloadProgress: Sendable, Equatable {
    /// The file's name.
    public let file: String
    /// Bytes received, earlier attempts included.
    public let received: Int
    /// Size of the file in bytes.
    public let total: Int
}
