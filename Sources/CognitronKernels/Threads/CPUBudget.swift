// How many threads this process may keep busy: affinity mask, container quota, environment.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum CPUBudget {
    /// Cores the affinity mask and the cgroup's CPU quota allow, at least 1. A quota of 1.5 cores gives 2 workers:
    /// the half one is used, and throttling it costs less than leaving it idle.
    package static var availableCores: Int {
        var cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        #if os(Linux)
            if let allowed = affinityMaskSize() { cores = allowed }
            if let quota = cgroupQuota() { cores = min(cores, Int(quota.rounded(.up))) }
        #endif
        return max(1, cores)
    }

    /// What the environment variable `COGNITRON_THREADS` asks for.
    package enum Request: Equatable {
        case nothing
        case workers(Int)
        /// Something else than a whole number of at least 1.
        case invalid(String)

        /// - Parameter text: the variable's value; an empty one counts as none.
        package init(_ text: String?) {
            guard let text, !text.isEmpty else {
                self = .nothing
                return
            }
            self = Int(text).flatMap { $0 >= 1 ? .workers($0) : nil } ?? .invalid(text)
        }

        /// What the process's own environment says.
        package static var ofEnvironment: Request {
            Request(getenv("COGNITRON_THREADS").map { String(cString: $0) })
        }
    }

    /// The workers that a request gets where so many cores are available, and what is to be said about it.
    package static func workers(for request: Request, cores: Int) -> (count: Int, warning: String?) {
        let standard = min(cores, maximumWorkers)
        switch request {
        case .nothing: return (standard, nil)
        case .workers(let count): return (min(count, maximumWorkers), nil)
        case .invalid(let text):
            return (
                standard,
                "COGNITRON_THREADS: not a number of threads; expected a whole number of at least 1, got "
                    + "\"\(text)\"; \(standard) \(standard == 1 ? "is" : "are") used instead\n"
            )
        }
    }

    /// OpenBLAS keeps a table of buffers, one a calling thread; far below Debian's limit of 64.
    package static let maximumWorkers = 48

    #if os(Linux)
        /// Cores in the affinity mask, which the kernel shows as hexadecimal digits: `Cpus_allowed: ff,ffffffff`.
        private static func affinityMaskSize() -> Int? {
            guard let status = contents("/proc/self/status"),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
            else { return nil }
            let digits = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
            return digits.reduce(0) { $0 + $1.nonzeroBitCount }
        }

        /// CPU time over wall time allowed by cgroup v2 (`cpu.max`) or v1, as a number of cores.
        private static func cgroupQuota() -> Double? {
            if let words = firstLine("/sys/fs/cgroup/cpu.max")?.split(separator: " "), words.count == 2 {
                return ratio(words[0], words[1])
            }
            guard let quota = firstLine("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
                let period = firstLine("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
            else { return nil }
            return ratio(Substring(quota), Substring(period))
        }

        /// nil for "max" and for the -1 that means no limit.
        private static func ratio(_ quota: Substring, _ period: Substring) -> Double? {
            guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else {
                return nil
            }
            return quota / period
        }

        private static func firstLine(_ path: String) -> String? {
            contents(path).map { String($0.prefix { $0 != "\n" }) }
        }

        /// The first 4 KiB of a file; those of /proc and /sys are shorter.
        private static func contents(_ path: String) -> String? {
            guard let file = fopen(path, "r") else { return nil }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = fread(&bytes, 1, bytes.count, file)
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    #endif
}
