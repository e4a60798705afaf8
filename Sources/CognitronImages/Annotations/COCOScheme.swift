import Cognitron
import CognitronData
import Foundation

extension DatasetScheme {
    /// Pictures with boxes in COCO's JSON: `coco:annotations/instances_train2017.json`, or a folder with one
    /// such file, or one whose sub-folders train and test (or val, valid, validation) have one each.
    ///
    /// Pictures lie beside the file, in a folder images there, or beside its folder, also under the file's
    /// last word (train2017). Crowds are not learnt, and no mistake where they are found; boxes of no size are
    /// left out.
    public static let coco = DatasetScheme("coco", "FILE", "pictures with boxes in COCO's JSON") {
        path, options in
        let folders = try? PictureFolders(path) { try jsonFile(in: $0) != nil }
        let file = try folders.map { try jsonFile(in: $0.train) ?? $0.train.path } ?? path
        let train = try COCOFile(file)
        let test = try folders?.test.flatMap { try jsonFile(in: $0) }
        let testListing = try test.map { path in
            let test = try COCOFile(path)
            guard test.names == train.names else {
                throw CognitronError(
                    .file, path, "has other categories than \(file)",
                    expected: train.names.joined(separator: ", "), got: test.names.joined(separator: ", "))
            }
            return try test.listing(path, options)
        }
        return Dataset(
            "coco:\(path)", "pictures with boxes of \(train.names.count) classes",
            task: .detection(classNames: train.names),
            try PictureListings(train.listing(file, options), test: testListing, options, path), options)
    }

    /// The first JSON file of a folder, or of its sub-folder annotations.
    private static func jsonFile(in folder: PictureFolder) throws -> String? {
        for folder in [folder, try folder.folder("annotations")].compactMap({ $0 }) {
            if let name = folder.files.first(where: { $0.lowercased().hasSuffix(".json") }) {
                return folder.path(of: name)
            }
        }
        return nil
    }
}

extension COCOFile {
    /// The pictures with their boxes. Pictures without boxes are kept: they show the background.
    fileprivate func listing(_ path: String, _ options: DatasetOptions) throws -> PictureListing {
        let (boxes, notes) = try boxes(path)
        let folders = Self.folders(of: path)
        let found = images.map { image in
            // Names that lead out of the folder are those of the machine that exported them.
            let isInside = !image.fileName.hasPrefix("/") && !image.fileName.contains("..")
            let names = (isInside ? [image.fileName] : []) + [lastPathComponent(image.fileName)]
            return folders.lazy.flatMap { folder in names.map { CognitronData.path(folder, $0) } }
                .first { FileManager.default.fileExists(atPath: $0) }
        }
        return try PictureListing(
            images.map(\.fileName), found, boxes, path, searched: folders, notes, options)
    }

    /// Where the pictures of a file may be.
    private static func folders(of path: String) -> [String] {
        let file = URL(fileURLWithPath: path)
        let (own, above) = (
            file.deletingLastPathComponent(), file.deletingLastPathComponent().deletingLastPathComponent()
        )
        let word = stem(file.lastPathComponent).split(separator: "_").last.map(String.init) ?? ""
        return [
            own, own.appendingPathComponent("images"), above.appendingPathComponent("images"), above,
            own.appendingPathComponent(word), above.appendingPathComponent(word),
            above.appendingPathComponent("images").appendingPathComponent(word),
        ].map(\.path)
    }
}

extension PictureListing {
    /// The pictures that were found, with their boxes.
    ///
    /// - Throws: `CognitronError.file` where some were not found and `options` do not say to skip them.
    init(
        _ names: [String], _ found: [String?], _ boxes: [PictureBoxes], _ file: String, searched: [String],
        _ notes: [String], _ options: DatasetOptions
    ) throws {
        let kept = found.indices.filter { found[$0] != nil }
        var notes = notes
        if let missing = found.firstIndex(of: nil) {
            let count = found.count - kept.count
            guard options.skipsDamaged else {
                throw CognitronError(
                    .file, file, "the picture \(names[missing]) is not there",
                    expected: "it in one of \(searched.joined(separator: ", "))",
                    got: "\(count) of \(found.count) pictures missing",
                    advice: "put the pictures beside the file, or leave them out (--skip-damaged)")
            }
            notes.append("\(count) of \(found.count) pictures are not there and left out")
        }
        self.init(
            paths: kept.compactMap { found[$0] }, targets: .boxes(kept.map { boxes[$0] }), notes: notes)
    }
}
