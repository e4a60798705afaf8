import Cognitron
import CognitronData

extension DatasetScheme {
    /// Clips in one folder for each class: `video:actions` with actions/walk/1.mp4, actions/run/7/001.png.
    ///
    /// A clip is a video file or a folder of numbered pictures. Inputs are `(N, T, H, W, C)`: 16 frames, or
    /// `DatasetOptions.frames`, `frameStride` frames apart. Where the clips lie in no folders of classes, the
    /// targets are the next frames, as those of `shapes-video`. Classes and parts are found as those of
    /// `folder`.
    public static let video = DatasetScheme(
        "video", "DIR", "videos or folders of frames, one sub-folder for each class"
    ) { path, options in
        let folders = try PictureFolders(path) { try !$0.folders.isEmpty || !$0.videos().isEmpty }
        let classes = try ClipFolders(folders.train)
        let task: DataTask =
            classes.names.isEmpty ? .pictures : .classification(classNames: classes.names)
        let all = try classes.listing(of: folders.train)
        let parts: (train: ClipListing, test: ClipListing)
        if let test = folders.test {
            parts = (all, try classes.listing(of: test))
        } else {
            let split = try TrainTestSplit(
                count: all.paths.count, testShare: options.testShare, stratifiedBy: all.labels,
                seed: options.seed)
            parts = (all.selecting(split.train), all.selecting(split.test))
        }
        return Dataset(
            "video:\(path)", "clips of \(lastPathComponent(path))", task: task, shape: nil
        ) { part, wanted in
            let listing = part == .train ? parts.train : parts.test
            let source = try VideoSource(
                listing.paths, listing.labels.map(VideoSource.Targets.classes) ?? .nextFrames,
                shape: parts.train.shape(wanted, options), stride: options.frameStride ?? 1,
                framing: options.framing, skipsDamaged: options.skipsDamaged)
            var result = try DatasetPart(
                name: "video:\(path)", task: task, inputShape: source.shape, source: source)
            result.notes = source.notes
            return result
        }
    }
}

/// Paths of videos, with their classes where they have some.
private struct ClipListing: Sendable {
    var paths: [String]
    var labels: [Int]?

    func selecting(_ numbers: [Int]) -> ClipListing {
        ClipListing(
            paths: numbers.map { paths[$0] }, labels: labels.map { all in numbers.map { all[$0] } })
    }

    /// The shape of clips: the wanted one, or that of the options, or the videos' own.
    func shape(_ wanted: Shape?, _ options: DatasetOptions) throws -> Shape {
        let frames = options.frames ?? Self.usualFrames
        if let wanted { return wanted.rank == 3 ? wanted.batched(frames) : wanted }
        if let size = options.pictureSize {
            return [frames, size[0], size[1], size.count == 2 ? 3 : size[2]]
        }
        let firsts = try paths.prefix(8).compactMap { try VideoFrames($0, channels: .asStored).next() }
        let channels = firsts.allSatisfy { $0.channels == 1 } ? 1 : 3
        guard let own = firsts.first, own.height * own.width <= 224 * 224,
            firsts.allSatisfy({ $0.height == own.height && $0.width == own.width })
        else { return [frames, Self.usualSize, Self.usualSize, channels] }
        return [frames, own.height, own.width, channels]
    }

    /// As Tran et al. have it: "Learning Spatiotemporal Features with 3D Convolutional Networks" (2015).
    private static let (usualFrames, usualSize) = (16, 112)
}

/// The sub-folders of a folder that hold clips; none where it holds the clips itself.
private struct ClipFolders {
    let names: [String]

    init(_ folder: PictureFolder) throws {
        names = try folder.folders.filter { try !PictureFolder(folder.path(of: $0)).videos().isEmpty }
        let own = try folder.videos()
        guard names.isEmpty == own.isEmpty else { return }
        throw CognitronError(
            .file, folder.path, own.isEmpty ? "has no videos" : "has videos beside folders of videos",
            expected: "one sub-folder for each class, in it a folder of frames or a file for each clip",
            got: own.isEmpty
                ? "\(folder.folders.count) folders, \(folder.files.count) files"
                : "\(names.count) folders of videos, \(own.count) videos",
            advice: "move the videos of each class into a folder of its name")
    }

    func listing(of folder: PictureFolder) throws -> ClipListing {
        guard !names.isEmpty else { return ClipListing(paths: try folder.videos()) }
        var listing = ClipListing(paths: [], labels: [])
        try folder.forEachClass(names, { try $0.videos() }) { label, videos in
            listing.paths += videos
            listing.labels? += [Int](repeating: label, count: videos.count)
        }
        return listing
    }
}
