// What Linux tells about the processor; other systems leave it unknown.

package struct Processor: Equatable, Sendable {
    package let name: String
    package let hasAVX2: Bool

    /// - Parameter information: the text of /proc/cpuinfo, of which the first processor counts.
    init(information: String) {
        func value(_ key: String) -> Substring? {
            information.split(separator: "\n").first { $0.hasPrefix(key) }?
                .split(separator: ":", maxSplits: 1).dropFirst().first
        }
        name = value("model name").map { String($0.drop { $0 == " " }) } ?? "unknown processor"
        hasAVX2 = value("flags")?.split(separator: " ").contains("avx2") ?? false
    }

    package static let current = Processor(information: Host.contents("/proc/cpuinfo") ?? "")
}
