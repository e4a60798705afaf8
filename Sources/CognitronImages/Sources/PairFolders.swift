import Cognitron
import CognitronData

extension DatasetScheme {
    /// Pairs of pictures, of which the second is to be made of the first: `pairs:maps` with a/1.png and
    /// b/1.png, or with files that hold both side by side, as those of pix2pix.
    ///
    /// The pictures of a pair have the same size. Sub-folders train and test (or val, valid, validation) are
    /// the parts; otherwise a share is kept for testing. Targets are in colour.
    ///
    /// - Source: the data sets of Isola et al., "Image-to-Image Translation with Conditional Adversarial
    ///   Networks" (2017).
    public static let pairs = DatasetScheme(
        "pairs", "DIR", "pictures to make of others: folders a and b, or both side by side in a file"
    ) { path, options in
        let folders = try PictureFolders(path) { try $0.pairs(skippingAlone: true) != nil }
        func listing(_ folder: PictureFolder) throws -> PictureListing {
            if let listing = try folder.pairs(skippingAlone: options.skipsDamaged) { return listing }
            throw CognitronError(
                .file, folder.path, "there are no pairs of pictures in it",
                expected: "folders a and b with pictures of the same names, or pictures side by side",
                got: "\(folder.folders.count) folders, \(folder.files.count) files")
        }
        let (train, test) = (try listing(folders.train), try folders.test.map(listing))
        return Dataset(
            "pairs:\(path)", "pairs of pictures in \(lastPathComponent(path))", task: .pictures,
            try PictureListings(train, test: test, options, path), options)
    }
}

extension PictureFolder {
    /// The pairs of the folders a and b, or of the pictures here; nil where there are neither.
    ///
    /// - Parameter skippingAlone: whether pictures without a partner are left out and counted.
    /// - Throws: `CognitronError.file` for one without, where they are not left out.
    fileprivate func pairs(skippingAlone: Bool) throws -> PictureListing? {
        guard let first = try folder("a"), let second = try folder("b") else {
            return pictures.isEmpty
                ? nil : PictureListing(paths: pictures.map(path(of:)), targets: .rightHalf)
        }
        let both = try PicturePairs(first, with: second)
        if let alone = both.alone.first, !skippingAlone {
            throw CognitronError(
                .file, alone, "has no partner", expected: "a picture of the same name in \(second.path)",
                got: "\(both.alone.count) pictures without", advice: "leave them out (--skip-damaged)")
        }
        guard !both.pairs.isEmpty else { return nil }
        return PictureListing(
            paths: both.pairs.map(\.picture), targets: .pictures(both.pairs.map(\.partner)),
            notes: both.alone.isEmpty ? [] : ["\(both.alone.count) pictures without a partner are left out"])
    }
}
