import Foundation

/// The peak physical memory of this process, as reported by Linux (VmHWM).
package enum PeakMemory {
    /// Resets the peak, after releasing cached memory. Where the system does not support this (Linux does),
    /// earlier work still counts.
    package static func reset() {
        Memory.releaseUnused()
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    /// Nil where the system does not report it.
    package static var mebibytes: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = Double(line.filter(\.isNumber))
        else { return nil }
        return kibibytes / 1024
    }
}
