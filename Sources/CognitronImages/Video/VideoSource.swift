import Cognitron
import CognitronData
import CognitronKernels

/// Clips of videos as batches, read when their batch is made.
///
///     let source = try VideoSource(paths, .classes(labels), shape: [16, 112, 112, 3], stride: 2)
///     try model.fit(source, batchSize: 8, epochs: 5, makers: 2)
///
/// Each video (see `VideoFrames`) is one sample. A batch's input is `(N, T, H, W, C)` in 0…1, T frames
/// `stride` frames apart: in training from a random place on, in evaluation from the middle. Videos that are
/// too short go on with their last frame. All frames of a clip are cut alike.
public struct VideoSource: LabelledSource {
    /// What is to be learned of each clip.
    public enum Targets: Hashable, Sendable {
        /// Nothing: for prediction.
        case none
        /// The number of its class: `(N)`.
        case classes([Int])
        /// The frame after each frame: `(N, T, H, W, C)`, as `ShapeVideo` has it.
        case nextFrames
    }

    /// What was left out, one line for each reason.
    public let notes: [String]

    private let clips: [VideoClip]
    private let targets: Targets
    private let form: ClipForm

    /// Counts the frames of every video, which reads the files once.
    ///
    /// - Parameters:
    ///   - shape: frames × height × width × channels (1, 3 or 4).
    ///   - stride: the distance between frames of a clip.
    ///   - framing: how pictures of another size are brought to this one.
    ///   - skipsDamaged: whether videos that cannot be read are left out instead of an error; a clip of each
    ///     is read to find them.
    /// - Throws: `CognitronError` where the shape is not one of clips, classes and videos differ in number,
    ///   or a video cannot be read.
    public init(
        _ paths: [String], _ targets: Targets = .none, shape: Shape, stride: Int = 1,
        framing: Framing = .stretch, skipsDamaged: Bool = false
    ) throws {
        if case .classes(let numbers) = targets, numbers.count != paths.count {
            throw CognitronError(
                .data, "videos", "videos and classes differ in number", expected: "\(paths.count)",
                got: "\(numbers.count)")
        }
        let form = try ClipForm(shape: shape, stride: stride, framing: framing)
        let clips = try PictureSource.inParallel(paths.count) { number -> Result<VideoClip, CognitronError> in
            do {
                let clip = try VideoClip(paths[number])
                if skipsDamaged { try form.read(clip, count: shape[0], sample: number, nil) { _, _ in } }
                return .success(clip)
            } catch let error as CognitronError where skipsDamaged {
                return .failure(error)
            }
        }
        let intact = clips.indices.filter { (try? clips[$0].get()) != nil }
        let errors = clips.compactMap { clip -> CognitronError? in
            if case .failure(let error) = clip { error } else { nil }
        }
        if let first = errors.first, intact.isEmpty { throw first }
        notes = errors.first.map { ["\(errors.count) of \(clips.count) videos cannot be read: \($0)"] } ?? []
        self.clips = clips.compactMap { try? $0.get() }
        self.form = form
        if case .classes(let numbers) = targets {
            self.targets = .classes(intact.map { numbers[$0] })
        } else {
            self.targets = targets
        }
    }

    public var paths: [String] { clips.map(\.path) }
    /// Frames × height × width × channels.
    public var shape: Shape { form.shape }
    public var sampleCount: Int? { clips.count }
    public var unit: String { "clips" }
    public var knownLabels: [Int]? { if case .classes(let labels) = targets { labels } else { nil } }

    public func validate() throws {
        guard clips.isEmpty else { return }
        throw CognitronError(.data, "videos", "there are none", expected: "at least one video")
    }

    /// - Throws: `CognitronError.file` for the first video, in the order of the batch, that cannot be read.
    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        var input = Tensor(uninitialized: shape.batched(samples.count))
        switch targets {
        case .none, .classes:
            try input.withUnsafeMutableScalars { try read(samples, draw, $0.baseAddress, nil) }
        case .nextFrames:
            var next = Tensor(uninitialized: input.shape)
            try input.withUnsafeMutableScalars { x in
                try next.withUnsafeMutableScalars { try read(samples, draw, x.baseAddress, $0.baseAddress) }
            }
            return Batch(inputs: [input], targets: [next])
        }
        guard case .classes(let numbers) = targets else { return Batch(inputs: [input]) }
        return Batch(inputs: [input], targets: [Tensor(samples.map { numbers[$0] })])
    }

    /// Reads clips side by side.
    ///
    /// - Parameters:
    ///   - x: (N, T, H, W, C): frames 0 to T − 1.
    ///   - y: (N, T, H, W, C): frames 1 to T.
    private func read(
        _ samples: [Int], _ draw: Draw?, _ x: UnsafeMutablePointer<Float>?, _ y: UnsafeMutablePointer<Float>?
    ) throws {
        // Samples write disjoint parts.
        nonisolated(unsafe) let x = x
        nonisolated(unsafe) let y = y
        let (frames, size) = (shape[0], form.pictureSize)
        _ = try PictureSource.inParallel(samples.count) { row in
            let count = y == nil ? frames : frames + 1
            try form.read(clips[samples[row]], count: count, sample: samples[row], draw) { frame, pixels in
                guard let first = pixels.baseAddress else { return }
                let place = (row * frames + frame) * size
                if let x, frame < frames { Images.normalize(first, x + place, count: size) }
                if let y, frame > 0 { Images.normalize(first, y + place - size, count: size) }
            }
        }
    }
}
