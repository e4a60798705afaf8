import Cognitron
import Foundation

/// The most physical memory this process held at once, as Linux counts it (VmHWM).
enum PeakMemory {
    /// Starts counting anew, without what earlier work left for later. Where the system does not let the mark be set
    /// back (Linux does), earlier work still counts.
    static func reset() {
        Memory.releaseUnused()
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    /// Nil where the system does not tell.
    static var mebibytes: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = Double(line.filter(\.isNumber))
        else { return nil }
        return kibibytes / 1024
    }
}
