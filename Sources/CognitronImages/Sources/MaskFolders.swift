import Cognitron
import CognitronData

extension DatasetScheme {
    /// Pictures with masks beside them: `masks:roads` with images/a.jpg and masks/a.png, or with a.jpg and
    /// a_mask.png in one folder.
    ///
    /// Masks are PNG files whose numbers (palette indices, grey) are classes; 255 is no class. Names come
    /// from classes.txt, one a line. Without it all masks are read once to count the classes; masks of 0 and
    /// 255 alone have two. Sub-folders train and test (or val, valid, validation) are the parts; otherwise a
    /// share is kept for testing.
    public static let masks = DatasetScheme("masks", "DIR", "pictures with masks, PNG files of class numbers")
    {
        path, options in
        let folders = try PictureFolders(path) { try !MaskPairs($0).pairs.isEmpty }
        let train = try MaskPairs(folders.train)
        let test = try folders.test.map { try MaskPairs($0) }
        guard !train.pairs.isEmpty else {
            throw CognitronError(
                .file, path, "there are no pictures with masks",
                expected: "folders images and masks, or files a.jpg with a_mask.png")
        }
        let listings = [train] + (test.map { [$0] } ?? [])
        let alone = listings.flatMap(\.alone)
        guard options.skipsDamaged || alone.isEmpty else {
            throw CognitronError(
                .file, alone[0], "has no mask", expected: "a PNG file of the same name",
                got: "\(alone.count) pictures without", advice: "leave them out by skipping damaged files")
        }
        let classes = try MaskPairs.classes(
            path, listings.flatMap(\.pairs).map(\.mask), skipsDamaged: options.skipsDamaged)
        let notes = alone.isEmpty ? [] : ["\(alone.count) pictures without a mask are left out"]
        func listing(_ pairs: MaskPairs) -> PictureListing {
            PictureListing(
                paths: pairs.pairs.map(\.picture), targets: .masks(pairs.pairs.map(\.mask), classes),
                notes: notes)
        }
        return Dataset(
            "masks:\(path)", "pictures with masks of \(classes.names.count) classes",
            task: .segmentation(classNames: classes.names),
            try PictureListings(listing(train), test: test.map(listing), options, path), options)
    }
}

/// The pictures of a folder with the masks of the same names.
private struct MaskPairs {
    private(set) var pairs: [(picture: String, mask: String)] = []
    /// Pictures without a mask.
    private(set) var alone: [String] = []

    init(_ folder: PictureFolder) throws {
        if let pictures = try folder.folder("images", "JPEGImages"),
            let masks = try folder.folder("masks", "SegmentationClass")
        {
            let byStem = Dictionary(
                try masks.allPictures().map { (Self.key($0, in: masks), $0) }, uniquingKeysWith: { a, _ in a }
            )
            for picture in try pictures.allPictures() {
                let key = Self.key(picture, in: pictures)
                add(picture, byStem[key] ?? byStem[key + "_mask"])
            }
        } else {
            let isMask = { (name: String) in stem(name).lowercased().hasSuffix("_mask") }
            let masks = Dictionary(
                folder.pictures.filter(isMask).map { (stem($0).dropLast(5), $0) },
                uniquingKeysWith: { a, _ in a })
            guard !masks.isEmpty else { return }
            for picture in folder.pictures where !isMask(picture) {
                add(folder.path(of: picture), masks[stem(picture)[...]].map(folder.path(of:)))
            }
        }
    }

    private mutating func add(_ picture: String, _ mask: String?) {
        if let mask { pairs.append((picture, mask)) } else { alone.append(picture) }
    }

    /// The path below the folder, without the ending.
    private static func key(_ path: String, in folder: PictureFolder) -> String {
        stem(String(path.dropFirst(folder.path.count)))
    }

    /// The classes that classes.txt names, or those that occur in the masks.
    static func classes(_ path: String, _ masks: [String], skipsDamaged: Bool) throws -> MaskClasses {
        let names = try ClassNames.read(in: path)
        // Two classes without a void: the masks of most programs are black and white.
        if let names { return MaskClasses(names: names, isBlackAndWhite: names.count == 2) }
        let values = try PictureSource.inParallel(masks.count) { number -> Set<UInt8> in
            do {
                return Set(try PictureFile.readMask(masks[number]).pixels)
            } catch  where skipsDamaged {
                return []
            }
        }
        let all = values.reduce(into: Set<UInt8>()) { $0.formUnion($1) }
        let isBlackAndWhite = all.isSubset(of: [0, 255]) && all.contains(255)
        let largest = isBlackAndWhite ? 1 : all.filter { $0 != MaskClasses.void }.max() ?? 0
        return MaskClasses(
            names: (0...Int(largest)).map { "class \($0)" }, isBlackAndWhite: isBlackAndWhite)
    }
}
