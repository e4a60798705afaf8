import Cognitron
import CognitronData
import Foundation

/// The visible contents of a folder, in the order of their names' bytes.
struct PictureFolder {
    let path: String
    /// Names.
    let folders: [String]
    /// Names.
    let files: [String]

    /// - Throws: `CognitronError.file` where there is no such folder, or it cannot be read.
    init(_ path: String) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw CognitronError(
                .file, path, "is no folder that can be read",
                advice: "check that it exists and may be read")
        }
        let visible = names.filter { !$0.hasPrefix(".") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.path = path
        var (folders, files): ([String], [String]) = ([], [])
        for name in visible {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: CognitronData.path(path, name), isDirectory: &isFolder)
            if isFolder.boolValue { folders.append(name) } else if exists { files.append(name) }
        }
        (self.folders, self.files) = (folders, files)
    }

    /// Where there is a folder at `path`.
    init?(at path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return nil
        }
        try self.init(path)
    }

    func path(of name: String) -> String { CognitronData.path(path, name) }

    /// The folder of the first of these names that there is, in upper or lower case.
    func folder(_ names: String...) throws -> PictureFolder? {
        for name in names {
            if let found = folders.first(where: { $0.lowercased() == name.lowercased() }) {
                return try PictureFolder(path(of: found))
            }
        }
        return nil
    }

    /// The names of the picture files here.
    var pictures: [String] { files.filter(Self.isPicture) }

    /// Calls `body` with the number of each class and the paths of its samples, in the order of the
    /// sub-folders that have some.
    ///
    /// - Throws: `CognitronError.file` where a sub-folder is of none of the classes.
    func forEachClass(
        _ names: [String], _ samples: (PictureFolder) throws -> [String],
        _ body: (_ label: Int, _ paths: [String]) -> Void
    ) throws {
        for name in folders {
            let paths = try samples(PictureFolder(path(of: name)))
            guard !paths.isEmpty else { continue }
            guard let label = names.firstIndex(of: name) else {
                throw CognitronError(
                    .file, path(of: name), "is of no class that is trained",
                    expected: "one of \(names.joined(separator: ", "))", got: name)
            }
            body(label, paths)
        }
    }

    /// The paths of the picture files here and in folders below.
    func allPictures(depth: Int = 8) throws -> [String] {
        var paths = pictures.map(path(of:))
        // Links may form cycles.
        guard depth > 0 else { return paths }
        for name in folders { paths += try PictureFolder(path(of: name)).allPictures(depth: depth - 1) }
        return paths
    }

    /// Whether a name ends as those of pictures do. Kinds that are not read count: their files are named when
    /// they are to be read, not passed over.
    static func isPicture(_ name: String) -> Bool {
        if PictureFormat(ending: name) != nil { return true }
        let ending = name.split(separator: ".").last?.lowercased() ?? ""
        return name.contains(".") && ["gif", "tif", "tiff", "heic", "heif", "avif"].contains(ending)
    }
}

extension PictureSource {
    /// The paths of the picture files of a folder and of those below it, in the order of their names' bytes.
    /// Hidden files are passed over.
    ///
    ///     let source = try PictureSource(PictureSource.paths(inFolder: "camera"), shape: [64, 64, 3])
    ///
    /// - Throws: `CognitronError.file` where there is no such folder, or no picture in it.
    public static func paths(inFolder path: String) throws -> [String] {
        let paths = try PictureFolder(path).allPictures()
        guard paths.isEmpty else { return paths }
        throw CognitronError(
            .file, path, "there are no pictures in it", expected: "files ending in .png, .jpg or .webp")
    }
}

/// The name without the ending after its last dot.
func stem(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
}

/// The folders of the two parts of a data set.
struct PictureFolders {
    let train: PictureFolder
    /// nil where samples of `train` are to be kept for testing.
    let test: PictureFolder?

    /// `path` with sub-folders train and test (or val, valid, validation), where `isPart` accepts train;
    /// else `path` itself.
    init(_ path: String, isPart: (PictureFolder) throws -> Bool) throws {
        let folder = try PictureFolder(path)
        if let train = try folder.folder("train", "training"), try isPart(train) {
            self.train = train
            test = try folder.folder("test", "val", "valid", "validation")
        } else {
            (train, test) = (folder, nil)
        }
    }
}
