import Cognitron
import CognitronData
import Foundation

extension DatasetScheme {
    /// Pictures with boxes in YOLO's text files: `yolo:DIR` with images/a.jpg and labels/a.txt, or a.txt
    /// beside a.jpg. Pictures without a text file show no objects.
    ///
    /// Parts are DIR/train and DIR/test (or val, valid, validation), or DIR/images/train and so on; otherwise
    /// a share is kept for testing. Names of classes come from data.yaml, classes.txt or obj.names; without
    /// them classes are called "class 0" and so on.
    public static let yolo = DatasetScheme("yolo", "DIR", "pictures with boxes in YOLO's text files") {
        path, options in
        let parts = try YOLOFolders(path)
        let train = try YOLOPart(parts.train)
        let test = try parts.test.map { try YOLOPart($0) }
        let labels = (train.boxes + (test?.boxes ?? [])).flatMap(\.rows).map(\.label)
        let names =
            try YOLOFolders.names(path) ?? (0...(min(labels.max() ?? 0, 9_999))).map { "class \($0)" }
        try train.check(names)
        try test?.check(names)
        return Dataset(
            "yolo:\(path)", "pictures with boxes of \(names.count) classes",
            task: .detection(classNames: names),
            try PictureListings(train.listing, test: test?.listing, options, path), options)
    }
}

/// The folders of pictures and of text files of each part.
private struct YOLOFolders {
    typealias Pair = (pictures: PictureFolder, labels: PictureFolder)

    let train: Pair
    let test: Pair?

    private static let testNames = ["test", "val", "valid", "validation"]

    init(_ path: String) throws {
        let folder = try PictureFolder(path)
        if let images = try folder.folder("images"), let labels = try folder.folder("labels"),
            let train = try Self.pair(images, labels, "train")
        {
            self.train = train
            test = try Self.testNames.lazy.compactMap { try Self.pair(images, labels, $0) }.first
        } else {
            let folders = try PictureFolders(path) { try !Self.pair($0).pictures.allPictures().isEmpty }
            train = try Self.pair(folders.train)
            test = try folders.test.map(Self.pair)
        }
    }

    /// images/train with labels/train.
    private static func pair(
        _ images: PictureFolder, _ labels: PictureFolder, _ name: String
    ) throws -> Pair? {
        guard let pictures = try images.folder(name), let labels = try labels.folder(name) else { return nil }
        return (pictures, labels)
    }

    /// images with labels, or both in one folder.
    private static func pair(_ folder: PictureFolder) throws -> Pair {
        guard let images = try folder.folder("images"), let labels = try folder.folder("labels") else {
            return (folder, folder)
        }
        return (images, labels)
    }

    /// The names of the classes; nil where no file has them.
    static func names(_ path: String) throws -> [String]? {
        for name in ["data.yaml", "dataset.yaml", "data.yml"] {
            let file = CognitronData.path(path, name)
            guard FileManager.default.fileExists(atPath: file) else { continue }
            return try ClassNames.yaml(FileBytes.read(file, limit: ClassNames.byteLimit), file)
        }
        return try ClassNames.read(in: path, ["classes.txt", "obj.names", "labels/classes.txt"])
    }
}

/// The pictures of one part with their boxes.
private struct YOLOPart {
    let paths: [String]
    let boxes: [PictureBoxes]
    /// The text files, for errors.
    private let files: [String]
    private let notes: [String]

    init(_ folders: YOLOFolders.Pair) throws {
        paths = try folders.pictures.allPictures()
        files = paths.map { path in
            CognitronData.path(
                folders.labels.path, stem(String(path.dropFirst(folders.pictures.path.count + 1))) + ".txt")
        }
        var flat = 0
        boxes = try files.map { file in
            guard FileManager.default.fileExists(atPath: file) else { return PictureBoxes([]) }
            if let obstacle = CognitronError.obstacle(toReading: file) { throw obstacle }
            let labels = try YOLOFile(bytes: FileBytes.read(file, limit: YOLOFile.byteLimit), file)
            flat += labels.flatCount
            return PictureBoxes(labels.rows, isRelative: true)
        }
        notes = BoxRow.notes(flat: flat)
    }

    var listing: PictureListing { PictureListing(paths: paths, targets: .boxes(boxes), notes: notes) }

    /// Throws where a box is of a class without a name, or no picture has boxes.
    func check(_ names: [String]) throws {
        for (file, boxes) in zip(files, boxes) {
            guard let box = boxes.rows.first(where: { $0.label >= names.count }) else { continue }
            throw CognitronError(
                .file, file, "a box is of an unknown class",
                expected: "0 to \(names.count - 1): \(names.joined(separator: ", "))", got: "\(box.label)",
                advice: "name all classes in data.yaml or classes.txt")
        }
        guard !paths.isEmpty, boxes.allSatisfy(\.rows.isEmpty) else { return }
        throw CognitronError(
            .file, files[0], "no picture has boxes", expected: "a text file of boxes for each picture",
            got: "\(paths.count) pictures",
            advice: "keep the text files in a folder labels beside images, or beside the pictures")
    }
}
