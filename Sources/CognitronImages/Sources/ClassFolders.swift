import Cognitron
import CognitronData

extension DatasetScheme {
    /// Pictures in one folder for each class: `folder:pets` with pets/cat/1.jpg, pets/dog/2.jpg.
    ///
    /// Classes are numbered in the order of the folders' names; folders without pictures are no classes.
    /// Where there are sub-folders train and test (or val, valid, validation), these are the parts; otherwise
    /// a share of each class is kept for testing. Hidden files are passed over, pictures in folders below
    /// count.
    public static let folder = DatasetScheme("folder", "DIR", "pictures, one sub-folder for each class") {
        path, options in
        let folders = try PictureFolders(path) { !$0.folders.isEmpty }
        let classes = try ClassFolders(folders.train)
        let test = try folders.test.map { try classes.listing(of: $0) }
        return Dataset(
            "folder:\(path)", "pictures of \(classes.names.count) classes in \(lastPathComponent(path))",
            task: .classification(classNames: classes.names),
            try PictureListings(classes.listing(of: folders.train), test: test, options, path), options)
    }
}

/// The sub-folders of a folder that hold pictures.
private struct ClassFolders {
    let names: [String]

    init(_ folder: PictureFolder) throws {
        names = try folder.folders.filter { try !PictureFolder(folder.path(of: $0)).allPictures().isEmpty }
        guard names.isEmpty else { return }
        throw CognitronError(
            .file, folder.path, "has no sub-folders with pictures",
            expected: "one sub-folder for each class",
            got: folder.pictures.isEmpty
                ? "\(folder.folders.count) folders, \(folder.files.count) files"
                : "\(folder.pictures.count) pictures, of no class",
            advice: "move the pictures of each class into a folder of its name")
    }

    func listing(of folder: PictureFolder) throws -> PictureListing {
        var (paths, labels): ([String], [Int]) = ([], [])
        try folder.forEachClass(names, { try $0.allPictures() }) { label, pictures in
            paths += pictures
            labels += [Int](repeating: label, count: pictures.count)
        }
        return PictureListing(paths: paths, targets: .classes(labels))
    }
}
