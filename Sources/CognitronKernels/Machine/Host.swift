// Reads files of the operating system and writes warnings.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum Host {
    /// The first 4 KiB of a file, enough for the values used of /proc and /sys; nil where it cannot be read.
    static func contents(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Writes `line` to standard error.
    package static func warn(_ line: String) {
        try? StandardStream.errors.write("\(line)\n")
    }
}
