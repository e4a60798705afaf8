import Cognitron
import Foundation

extension Dataset {
    /// The location of a data set's part.
    public enum Location: Sendable, Equatable {
        /// Made by the program: `Shapes`.
        case builtIn
        /// Read from the files in this folder, or from this archive.
        case local(path: String)
        /// To be downloaded into this folder: `byteCount` bytes, without files already there; none where the
        /// data set has no address.
        case download(byteCount: Int, folder: String)
        /// In packages that are not on this machine: the commands that get them.
        case packages(commands: [String])
    }

    /// Returns the location that `load` would use, without reading or downloading anything.
    public func locate(_ split: Split, from folder: String? = nil) throws -> Location {
        let folders = DatasetFolders(explicit: folder)
        let missing = packages.filter { $0.find(in: folders) == nil }
        guard missing.isEmpty else {
            return .packages(
                commands: missing.map { $0.command.replacingOccurrences(of: "DIR", with: folders.all[0]) })
        }
        if let place = packages.first?.find(in: folders) { return .local(path: place) }
        guard let files else { return .builtIn }
        if let found = try files.find(split, in: folders) { return .local(path: found.place) }
        let byteCount = files.missingDownloads(split, in: folders).reduce(0) { $0 + $1.byteCount }
        return .download(byteCount: byteCount, folder: files.downloadFolder(folders))
    }

    /// Whether `load` can succeed: the files exist locally, or their server answers within `timeout` seconds.
    public func isAvailable(_ split: Split, from folder: String? = nil, timeout: Double = 5) -> Bool {
        switch try? locate(split, from: folder) {
        case .builtIn, .local: true
        case .download:
            files.map {
                let missing = $0.missingDownloads(split, in: DatasetFolders(explicit: folder))
                return $0.hasDownloads(split)
                    && missing.allSatisfy { Downloader(timeout: timeout).canReach($0) }
            } ?? false
        case .packages, nil: false
        }
    }
}
