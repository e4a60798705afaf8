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
        let folders = try PictureFolders(path) { try !$0.maskPairs().pairs.isEmpty }
        let train = try folders.train.maskPairs()
        let test = try folders.test.map { try $0.maskPairs() }
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
                got: "\(alone.count) pictures without", advice: "leave them out (--skip-damaged)")
        }
        let classes = try MaskClasses(
            path, listings.flatMap(\.pairs).map(\.partner), skipsDamaged: options.skipsDamaged)
        let notes = alone.isEmpty ? [] : ["\(alone.count) pictures without a mask are left out"]
        func listing(_ pairs: PicturePairs) -> PictureListing {
            PictureListing(
                paths: pairs.pairs.map(\.picture), targets: .masks(pairs.pairs.map(\.partner), classes),
                notes: notes)
        }
        return Dataset(
            "masks:\(path)", "pictures with masks of \(classes.names.count) classes",
            task: .segmentation(classNames: classes.names),
            try PictureListings(listing(train), test: test.map(listing), options, path), options)
    }
}

extension PictureFolder {
    /// The pictures with the masks of the same names.
    fileprivate func maskPairs() throws -> PicturePairs {
        guard let pictures = try folder("images", "JPEGImages"),
            let masks = try folder("masks", "SegmentationClass")
        else { return PicturePairs(within: self, suffix: "_mask") }
        return try PicturePairs(pictures, with: masks, suffix: "_mask")
    }
}

extension MaskClasses {
    /// The classes that classes.txt names, or those that occur in the masks.
    fileprivate init(_ path: String, _ masks: [String], skipsDamaged: Bool) throws {
        if let names = try ClassNames.read(in: path) {
            // Two classes without a void: the masks of most programs are black and white.
            self.init(names: names, isBlackAndWhite: names.count == 2)
            return
        }
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
        self.init(names: (0...Int(largest)).map { "class \($0)" }, isBlackAndWhite: isBlackAndWhite)
    }
}
