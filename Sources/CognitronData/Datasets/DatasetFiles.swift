import Cognitron
import Foundation

/// The files of a data set, their usual folders, and their download addresses.
///
///     DatasetFiles(
///         name: "flowers", train: [DatasetFiles.Member(names: ["train.bin"])],
///         test: [DatasetFiles.Member(names: ["test.bin"])],
///         archive: RemoteFile("https://…/flowers.tar.gz", byteCount: 1_204_224, sha256: "…"))
///
/// Files are found unpacked and as .gz files.
public struct DatasetFiles: Sendable {
    /// The data set's name, and the name of its download folder.
    let name: String
    /// Usual names of its subfolder.
    let folders: [String]
    /// Subfolders of data sets with the same file names, to be excluded.
    let otherFolders: [String]
    let systemFolders: [String]
    let train: [Member]
    let test: [Member]
    /// The archive of all members, if any.
    let archive: RemoteFile?

    /// - Parameters:
    ///   - name: also the name of the download folder.
    ///   - folders: further usual names of its subfolder.
    ///   - otherFolders: subfolders of data sets with the same file names, which are not searched.
    ///   - systemFolders: folders of the system's packages, searched last.
    ///   - archive: the .tar.gz of all members, if there is one.
    public init(
        name: String, folders: [String] = [], otherFolders: [String] = [], systemFolders: [String] = [],
        train: [Member], test: [Member], archive: RemoteFile? = nil
    ) {
        (self.name, self.folders, self.otherFolders) = (name, folders, otherFolders)
        (self.systemFolders, self.train, self.test) = (systemFolders, train, test)
        self.archive = archive
    }

    /// One file of the data set.
    public struct Member: Sendable {
        /// Its unpacked name, and alternative names.
        let names: [String]
        /// Its download, unless it is part of the archive.
        let remote: RemoteFile?

        /// - Parameters:
        ///   - names: the unpacked name, and alternative names.
        ///   - remote: the download, unless the file is part of the archive.
        public init(names: [String], remote: RemoteFile? = nil) {
            (self.names, self.remote) = (names, remote)
        }
    }

    /// A local copy of a data set's part.
    enum Found: Equatable {
        /// The members' paths, in order.
        case files([String], folder: String)
        case archive(String)

        /// The folder or archive, for messages.
        var place: String {
            switch self {
            case .files(_, let folder): folder
            case .archive(let path): path
            }
        }
    }

    func members(_ split: Dataset.Split) -> [Member] { split == .train ? train : test }

    /// The downloads for one part.
    func downloads(_ split: Dataset.Split) -> [RemoteFile] {
        archive.map { [$0] } ?? members(split).compactMap(\.remote)
    }

    /// Whether the part can be downloaded.
    func hasDownloads(_ split: Dataset.Split) -> Bool { !downloads(split).isEmpty }

    /// The downloads not yet in the download folder.
    func missingDownloads(_ split: Dataset.Split, in places: DatasetFolders) -> [RemoteFile] {
        downloads(split).filter { !isFile(path(downloadFolder(places), $0.name)) }
    }

    func downloadFolder(_ places: DatasetFolders) -> String { path(places.explicit ?? places.cache, name) }
}

extension DatasetFiles {
    /// Returns the first folder's copy of the part; nil where none has one.
    ///
    /// - Throws: `CognitronError.file` for a folder with only some of the files: another folder's copy might
    ///   hold other data than the user intended. An incomplete download is not such a folder: it is resumed.
    func find(_ split: Dataset.Split, in places: DatasetFolders) throws -> Found? {
        for folder in (places.all + systemFolders).flatMap(candidates)
        where !(folder == downloadFolder(places) && isStoppedDownload(split, folder)) {
            if let found = try find(split, inFolder: folder) { return found }
        }
        return nil
    }

    /// Whether all of the part's files in `folder` equal the server's by name and size, so that the user's
    /// own files are not mixed with downloaded ones.
    private func isStoppedDownload(_ split: Dataset.Split, _ folder: String) -> Bool {
        let members = members(split)
        let here = members.compactMap { member in localPath(member, folder).map { ($0, member.remote) } }
        return !here.isEmpty && here.count < members.count
            && here.allSatisfy { found, remote in
                remote.map { found == path(folder, $0.name) && fileSize(found) == $0.byteCount } ?? false
            }
    }

    /// The member's path in `folder`, unpacked or packed; nil if it is missing.
    private func localPath(_ member: Member, _ folder: String) -> String? {
        member.names.flatMap { [$0, $0 + ".gz"] }.map { path(folder, $0) }.first(where: isFile)
    }

    private func fileSize(_ path: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }

    /// The subfolders with the data set's usual names, then the folder itself.
    private func candidates(_ folder: String) -> [String] {
        // Two path components, for `FashionMNIST/raw`.
        let isAnothers = folder.lowercased().split(separator: "/").suffix(2)
            .contains { otherFolders.contains(String($0)) }
        return ([name] + folders.filter { $0 != name }).map { path(folder, $0) }
            + (isAnothers ? [] : [folder])
    }

    private func find(_ split: Dataset.Split, inFolder folder: String) throws -> Found? {
        let members = members(split)
        let paths = members.map { localPath($0, folder) }
        if let archive, paths.contains(nil), isFile(path(folder, archive.name)) {
            return .archive(path(folder, archive.name))
        }
        let found = paths.compactMap(\.self)
        if found.count == members.count { return .files(found, folder: folder) }
        guard let missing = paths.firstIndex(of: nil), !found.isEmpty else { return nil }
        throw CognitronError(
            .file, folder, "\(members[missing].names[0]) is missing",
            expected: "the \(members.count) files of \(name)'s \(split.rawValue) part", got: "\(found.count)",
            advice: "add the file, or remove the others so that the data set is looked for elsewhere")
    }

    private func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}

extension DatasetFiles {
    /// Reads the unpacked members of one part, after downloading those that no folder has.
    func read(
        _ split: Dataset.Split, in places: DatasetFolders, downloader: Downloader = Downloader(),
        progress: ((DownloadProgress) -> Void)?
    ) throws -> [DatasetFile] {
        var found = try find(split, in: places)
        if found == nil {
            guard hasDownloads(split) else {
                throw CognitronError(
                    .file, downloadFolder(places), "does not hold \(name)",
                    expected: members(split).map { $0.names[0] }.joined(separator: ", "),
                    advice: "put the files there, or name their folder")
            }
            for file in missingDownloads(split, in: places) {
                try downloader.fetch(file, into: downloadFolder(places), progress: progress)
            }
            found = try find(split, inFolder: downloadFolder(places))
        }
        switch found {
        case .files(let paths, _):
            return try paths.map { ($0, try FileBytes.readUnpacking($0)) }
        case .archive(let archivePath):
            let names = members(split).map { $0.names[0] }
            let entries = try Archive.entries(names, ofTarAt: archivePath)
            return names.compactMap { name in entries[name].map { (path(archivePath, name), $0) } }
        case nil:
            throw CognitronError(
                .file, downloadFolder(places), "the files of \(name) vanished after their download",
                advice: "run this again")
        }
    }
}
