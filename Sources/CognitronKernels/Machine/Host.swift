// The operating system: what it tells in files, and where it hears from us.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum Host {
    /// The first 4 KiB of a file; what is looked for in /proc and /sys stands there. nil where there is none.
    static func contents(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Says `line` on standard error.
    package static func warn(_ line: String) {
        try? StandardStream.errors.write("\(line)\n")
    }
}
