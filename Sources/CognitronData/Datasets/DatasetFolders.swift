import Foundation

/// The folders that may hold data sets, in the order in which they are searched:
///
/// 1. the one that the caller names (the command line's `--data`);
/// 2. the one that the environment variable `COGNITRON_DATA` names;
/// 3. the cache folder, to which downloads go: `$XDG_CACHE_HOME/cognitron/datasets`, else
///    `~/.cache/cognitron/datasets` (`~/Library/Caches/cognitron/datasets` on macOS);
/// 4. where the system's packages put a data set.
///
/// In each, a data set may lie in the folder itself or in a subfolder of one of its usual names (`mnist`,
/// `cifar-10-batches-bin` …), unpacked, as .gz files, or as its .tar.gz.
public struct DatasetFolders: Sendable, Equatable {
    /// The folder that the caller named.
    public let explicit: String?
    /// Where downloads go when no folder was named.
    public let cache: String

    private let environment: String?

    public init(
        explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.explicit = explicit
        self.environment = environment["COGNITRON_DATA"].flatMap { $0.isEmpty ? nil : $0 }
        let home = environment["HOME"] ?? NSHomeDirectory()
        #if os(macOS)
            let caches = path(home, "Library/Caches")
        #else
            let caches = path(home, ".cache")
        #endif
        // The XDG base directory specification ignores relative paths.
        let named = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        cache = path(named ?? caches, "cognitron/datasets")
    }

    /// The folders in order, without the system's, which differ from data set to data set.
    public var all: [String] { [explicit, environment, cache].compactMap(\.self) }
}
