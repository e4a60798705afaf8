/// A file on a server, with what tells that it arrived whole.
public struct RemoteFile: Sendable, Equatable {
    /// Its address: http or https.
    public let address: String
    public let byteCount: Int
    /// 64 hexadecimal digits.
    public let sha256: String

    public init(_ address: String, byteCount: Int, sha256: String) {
        (self.address, self.byteCount, self.sha256) = (address, byteCount, sha256.lowercased())
    }

    /// What it is called where it is kept: the last part of its address.
    public var name: String { lastPathComponent(address) }
}

/// How far a download has come.
public struct DownloadProgress: Sendable, Equatable {
    /// The file's name.
    public let file: String
    /// Bytes that are here, those of earlier attempts included.
    public let received: Int
    /// Bytes of the whole file.
    public let total: Int
}
