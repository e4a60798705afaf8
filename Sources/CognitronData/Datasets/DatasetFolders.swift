import Foundation

/// The folders searched for data sets, in this order:
///
/// 1. the caller's (the command line's `--data`);
/// 2. the environment variable `COGNITRON_DATA`;
/// 3. the cache folder, the target of downloads: `$XDG_CACHE_HOME/cognitron/datasets`, else
///    `~/.cache/cognitron/datasets` (`~/Library/Caches/cognitron/datasets` on macOS);
/// 4. the folders of the system's packages.
///
/// A data set may be in the folder itself or in a subfolder with one of its usual names (`mnist`,
/// `cifar-10-batches-bin` …), unpacked, as .gz files, or as its .tar.gz.
public struct DatasetFolders: Sendable, Equatable {
    /// The caller's folder.
    public let explicit: String?
    /// The download folder, unless the caller gives one.
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

    /// The folders in order, without the system's, which depend on the data set.
    public var all: [String] { [explicit, environment, cache].compactMap(\.self) }
}
