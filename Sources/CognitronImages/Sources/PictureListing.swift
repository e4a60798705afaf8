import Cognitron
import CognitronData

/// Pictures with their targets, before they have a shape.
struct PictureListing: Sendable {
    var paths: [String]
    var targets: PictureTargets
    /// What was left out.
    var notes: [String] = []

    func selecting(_ indices: [Int]) -> PictureListing {
        PictureListing(
            paths: indices.map { paths[$0] }, targets: targets.selecting(indices), notes: notes)
    }

    /// The shape of the first pictures where all have the same; else 224 × 224 × 3.
    func ownShape() -> Shape {
        let headers = paths.prefix(64).compactMap { try? PictureFile.header($0) }
        guard let first = headers.first,
            headers.allSatisfy({ $0.height == first.height && $0.width == first.width })
        else { return [224, 224, 3] }
        let isGrey = headers.allSatisfy { $0.channels == 1 }
        let width = targets == .rightHalf ? max(1, first.width / 2) : first.width
        return [first.height, width, isGrey ? 1 : 3]
    }
}

/// The two parts of a data set of picture files.
struct PictureListings: Sendable {
    let train: PictureListing
    let test: PictureListing

    /// - Parameters:
    ///   - test: nil to keep a share of `all` for testing.
    ///   - path: what errors call the data set.
    /// - Throws: `CognitronError.data` where a part has no pictures.
    init(_ all: PictureListing, test: PictureListing?, _ options: DatasetOptions, _ path: String) throws {
        for listing in [all] + (test.map { [$0] } ?? []) where listing.paths.isEmpty {
            throw CognitronError(
                .file, path, "there are no pictures in it", expected: "files ending in .png, .jpg or .webp")
        }
        if let test {
            (train, self.test) = (all, test)
            return
        }
        guard all.paths.count > 1 else {
            throw CognitronError(
                .data, path, "has too few pictures to train on some and test with others",
                expected: "at least 2", got: "1")
        }
        let labels: [Int]? = if case .classes(let numbers) = all.targets { numbers } else { nil }
        let split = try TrainTestSplit(
            count: all.paths.count, testShare: options.testShare, stratifiedBy: labels, seed: options.seed)
        var test = all.selecting(split.test)
        test.notes = []  // those of all, once
        (train, self.test) = (all.selecting(split.train), test)
    }
}

extension Dataset {
    /// Picture files as a data set of any shape.
    init(
        _ name: String, _ summary: String, task: DataTask, _ listings: PictureListings,
        _ options: DatasetOptions
    ) {
        self.init(name, summary, task: task, shape: nil) { split, wanted in
            let listing = split == .train ? listings.train : listings.test
            let size = options.pictureSize.map { $0.count == 2 ? Shape($0 + [3]) : $0 }
            var source = try PictureSource(
                listing.paths, listing.targets, shape: wanted ?? size ?? listings.train.ownShape(),
                framing: options.framing)
            source.notes = listing.notes
            if options.skipsDamaged {
                source = try source.withoutDamaged()
            } else {
                source.damageAdvice = "or leave out what is damaged (--skip-damaged)"
            }
            var part = try DatasetPart(name: name, task: task, inputShape: source.shape, source: source)
            part.notes = source.notes
            return part
        }
    }
}

extension DatasetScheme {
    /// The forms in which pictures come: `folder`, `masks`, `pairs`, `coco`, `voc`, `yolo`, `video`.
    public static let pictureSchemes: [DatasetScheme] = [.folder, .masks, .pairs, .coco, .voc, .yolo, .video]

    /// Makes the forms of pictures known by name, so that `Dataset(named: "folder:pets")` finds them; and the
    /// data sets of picture files (`Dataset.pictureSets`).
    public static func registerPictureSchemes() {
        for scheme in pictureSchemes { register(scheme) }
        for dataset in Dataset.pictureSets { Dataset.register(dataset) }
    }
}
