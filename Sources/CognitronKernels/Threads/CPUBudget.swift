// The number of threads this process may keep busy: affinity mask, container quota, environment.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package struct CPUBudget: Equatable, Sendable {
    /// Cores of the system.
    package var online: Int
    /// Cores in the affinity mask; nil on systems without one.
    package var affinity: Int?
    /// The cgroup's limit of CPU time per wall time, in cores; nil without limit.
    package var quota: Double?

    package init(online: Int, affinity: Int? = nil, quota: Double? = nil) {
        (self.online, self.affinity, self.quota) = (online, affinity, quota)
    }

    /// The reason for the number of cores.
    package enum Limit: Sendable {
        case cores
        case affinity
        case quota
    }

    /// The usable cores, at least 1, and what limits them. A quota of 1.5 cores gives 2 workers: throttling
    /// the second costs less than leaving half a core idle.
    package var bound: (cores: Int, by: Limit) {
        let allowed = max(1, affinity ?? online)
        if let quota, quota.rounded(.up) < Double(allowed) {
            return (max(1, Int(quota.rounded(.up))), .quota)
        }
        return (allowed, allowed < online ? .affinity : .cores)
    }

    package var cores: Int { bound.cores }

    /// The current budget of this process.
    package static var ofProcess: CPUBudget {
        var budget = CPUBudget(online: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        #if os(Linux)
            budget.affinity = Host.contents("/proc/self/status").flatMap(affinity(status:))
            budget.quota = cgroupQuota()
        #endif
        return budget
    }

    /// The value of the environment variable `COGNITRON_THREADS`.
    package enum Request: Equatable {
        case nothing
        case workers(Int)
        /// Anything but a whole number of at least 1.
        case invalid(String)

        /// - Parameter text: the variable's value; empty means unset.
        package init(_ text: String?) {
            guard let text, !text.isEmpty else {
                self = .nothing
                return
            }
            self = Int(text).flatMap { $0 >= 1 ? .workers($0) : nil } ?? .invalid(text)
        }

        /// The request in the process's environment.
        package static var ofEnvironment: Request {
            Request(getenv("COGNITRON_THREADS").map { String(cString: $0) })
        }
    }

    /// Returns the number of workers for a request and the available cores, and a warning for invalid
    /// requests.
    package static func workers(for request: Request, cores: Int) -> (count: Int, warning: String?) {
        let standard = min(cores, maximumWorkers)
        switch request {
        case .nothing: return (standard, nil)
        case .workers(let count): return (min(count, maximumWorkers), nil)
        case .invalid(let text):
            return (
                standard,
                "COGNITRON_THREADS: not a number of threads; expected a whole number of at least 1, got "
                    + "\"\(text)\"; \(standard) \(standard == 1 ? "is" : "are") used instead"
            )
        }
    }

    /// OpenBLAS keeps a table of buffers, one per calling thread; this stays far below Debian's limit of 64.
    package static let maximumWorkers = 48
}

// Parsing of Linux's files.
extension CPUBudget {
    /// Cores in the affinity mask, which /proc/self/status lists in hexadecimal: `Cpus_allowed: ff,ffffffff`.
    static func affinity(status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
        else { return nil }
        let digits = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
        let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }

    /// The folders of the process's cgroup v2 and its ancestors: in a container only the root; under systemd
    /// also the service's own, which may have a limit.
    ///
    /// - Parameter membership: the text of /proc/self/cgroup, with a line `0::/system.slice/name.service`.
    static func cgroupFolders(membership: String) -> [String] {
        let line = membership.split(separator: "\n").first { $0.hasPrefix("0::") }
        let names = (line?.dropFirst("0::".count) ?? "").split(separator: "/")
        return (0...names.count).map { (["/sys/fs/cgroup"] + names.prefix($0)).joined(separator: "/") }
    }

    /// Cores allowed by a cgroup v2's `cpu.max`: CPU time and wall time in microseconds. nil for `max`, no
    /// limit.
    static func quota(cpuMax: String) -> Double? {
        let words = cpuMax.split { $0 == " " || $0 == "\n" }
        return words.count == 2 ? ratio(words[0], words[1]) : nil
    }

    /// The same from the two files of a cgroup v1. nil for −1, no limit.
    static func quota(cfsQuota: String, period: String) -> Double? {
        ratio(cfsQuota.prefix { $0 != "\n" }, period.prefix { $0 != "\n" })
    }

    private static func ratio(_ quota: Substring, _ period: Substring) -> Double? {
        guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else {
            return nil
        }
        return quota / period
    }

    #if os(Linux)
        /// The smallest quota of the process's cgroup and its ancestors.
        private static func cgroupQuota() -> Double? {
            let folders = cgroupFolders(membership: Host.contents("/proc/self/cgroup") ?? "")
            let texts = folders.compactMap { Host.contents("\($0)/cpu.max") }
            if let quota = texts.compactMap(quota(cpuMax:)).min() { return quota }
            guard let text = Host.contents("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
                let period = Host.contents("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
            else { return nil }
            return quota(cfsQuota: text, period: period)
        }
    #endif
}
