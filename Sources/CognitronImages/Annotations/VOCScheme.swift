import Cognitron
import CognitronData
import Foundation

extension DatasetScheme {
    /// Pictures with boxes in Pascal VOC's XML: `voc:VOC2012` with Annotations/a.xml and JPEGImages/a.jpg (or
    /// images), or a.xml beside a.jpg.
    ///
    /// Parts are sub-folders train and test (or val, valid, validation), or the lists train.txt and test.txt
    /// (or val.txt) of ImageSets/Main; otherwise a share is kept for testing. Classes are those of
    /// classes.txt, else the names that occur, in alphabetical order. Objects that are marked as difficult
    /// are not learnt, and no mistake where they are found; boxes of no size are left out.
    public static let voc = DatasetScheme("voc", "DIR", "pictures with boxes in Pascal VOC's XML") {
        path, options in
        let folders = try PictureFolders(path) { try !VOCFolder($0).files.isEmpty }
        let train = try VOCFolder(folders.train)
        let test = try folders.test.map { try VOCFolder($0) }
        let all = [train] + (test.map { [$0] } ?? [])
        let occurring = Set(all.flatMap(\.files).flatMap(\.file.objects).map(\.name))
        let names = try ClassNames.read(in: path) ?? occurring.sorted()
        guard !names.isEmpty else {
            throw CognitronError(
                .file, path, "there are no objects in it",
                expected: "XML files in Annotations, or beside the pictures",
                got: "\(train.files.count) XML files")
        }
        let lists = test == nil ? try train.lists() : nil
        let first = try train.listing(lists?.train ?? train.files, names, options)
        let second =
            try lists.map { try train.listing($0.test, names, options) }
            ?? test.map { try $0.listing($0.files, names, options) }
        return Dataset(
            "voc:\(path)", "pictures with boxes of \(names.count) classes",
            task: .detection(classNames: names),
            try PictureListings(first, test: second, options, path), options)
    }
}

/// The XML files of a folder, with the folder of their pictures.
private struct VOCFolder {
    let folder: PictureFolder
    let files: [(stem: String, file: VOCFile)]
    private let pictures: PictureFolder

    init(_ folder: PictureFolder) throws {
        self.folder = folder
        let annotations = try folder.folder("Annotations") ?? folder
        pictures = try folder.folder("JPEGImages", "images") ?? folder
        files = try annotations.files.filter { $0.lowercased().hasSuffix(".xml") }.map {
            (stem($0), try VOCFile(annotations.path(of: $0)))
        }
    }

    /// The files of ImageSets/Main/train.txt and test.txt or val.txt; nil where there are no such lists.
    func lists() throws -> (train: [(stem: String, file: VOCFile)], test: [(stem: String, file: VOCFile)])? {
        guard let sets = try folder.folder("ImageSets"), let main = try sets.folder("Main"),
            let train = ["trainval.txt", "train.txt"].first(where: main.files.contains),
            let test = ["test.txt", "val.txt"].first(where: main.files.contains)
        else { return nil }
        func part(_ name: String) throws -> [(stem: String, file: VOCFile)] {
            let path = main.path(of: name)
            let lines = try ClassNames.text(FileBytes.read(path, limit: XMLReader.byteLimit), path)
            let stems = Set(lines.split(whereSeparator: \.isWhitespace).map(String.init))
            return files.filter { stems.contains($0.stem) }
        }
        // trainval contains val: where that is for testing, train.txt has the training part.
        return (
            try part(test == "val.txt" && main.files.contains("train.txt") ? "train.txt" : train),
            try part(test)
        )
    }

    func listing(
        _ files: [(stem: String, file: VOCFile)], _ names: [String], _ options: DatasetOptions
    ) throws -> PictureListing {
        let classes = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
        let byStem = Dictionary(pictures.pictures.map { (stem($0), $0) }, uniquingKeysWith: { a, _ in a })
        let boxes = try files.map { name, file in
            PictureBoxes(
                try file.objects.map { object in
                    guard let label = classes[object.name] else {
                        throw CognitronError(
                            .file, "\(folder.path): \(name).xml", "names a class that classes.txt does not",
                            expected: "one of \(names.joined(separator: ", "))", got: object.name)
                    }
                    var box = object.box
                    box.label = label
                    return box
                }, size: file.size)
        }
        let found = files.map { name, file in
            (byStem[stem(lastPathComponent(file.pictureName))] ?? byStem[name]).map(pictures.path(of:))
        }
        return try PictureListing(
            files.map { $0.file.pictureName.isEmpty ? $0.stem : $0.file.pictureName }, found, boxes,
            folder.path, searched: [pictures.path],
            BoxRow.notes(flat: files.map(\.file.flatCount).reduce(0, +))
                + BoxRow.notes(
                    boxes.flatMap(\.rows).count { $0.status == .ignored }, "difficult object",
                    "difficult objects"), options)
    }
}
