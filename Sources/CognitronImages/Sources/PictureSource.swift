import Cognitron
import CognitronData
import CognitronKernels

/// Picture files with their classes, masks, boxes or other pictures as batches. Files are read when their
/// batch is made, by the threads that make batches.
///
///     let source = try PictureSource(paths, .classes(labels), shape: [224, 224, 3], framing: .centerCrop)
///     try model.fit(source, batchSize: 32, epochs: 5, makers: 2)
///     let scores = try model.predict(PictureSource(["cat.jpg"], shape: [224, 224, 3]))
///
/// A batch's input is `(N, H, W, C)` in 0…1; its target the classes `(N)`, masks `(N, H, W)`, boxes
/// `(N, M, 5)`, M being the largest number of boxes of a picture, or pictures in colour `(N, H, W, 3)`. Where
/// pixels of a mask are void, weights `(N, H, W)` are 0 there.
public struct PictureSource: LabelledSource {
    public let paths: [String]
    public let targets: PictureTargets

    /// Height × width × channels (1, 3 or 4).
    public let shape: Shape

    public let framing: Framing

    /// What was left out, one line for each reason.
    public internal(set) var notes: [String] = []

    /// What errors of files advise, beside their own; nil for nothing.
    var damageAdvice: String?

    private let channels: PictureChannels

    /// The largest number of boxes of a picture.
    private let mostBoxes: Int

    /// - Throws: `CognitronError` where the shape is not one of pictures, or pictures and targets differ in
    ///   number.
    public init(
        _ paths: [String], _ targets: PictureTargets = .none, shape: Shape, framing: Framing = .stretch
    ) throws {
        guard shape.rank == 3, shape.allSatisfy({ $0 > 0 }), let channels = PictureChannels(count: shape[2]),
            shape.checkedElementCount.map({ $0 <= PictureFile.pixelLimit }) == true
        else {
            throw CognitronError(
                .shape, "pictures", "cannot be brought to this shape",
                expected:
                    "height × width × channels, with 1, 3 or 4 channels and \(PictureFile.pixelLimit) numbers "
                    + "at most", got: "\(shape)")
        }
        if let count = targets.count, count != paths.count {
            throw CognitronError(
                .data, "pictures", "pictures and targets differ in number", expected: "\(paths.count)",
                got: "\(count)")
        }
        if let problem = framing.problem {
            throw CognitronError(
                .argument, "framing", "invalid argument", expected: problem.expected, got: problem.got)
        }
        (self.paths, self.targets, self.shape, self.framing) = (paths, targets, shape, framing)
        self.channels = channels
        mostBoxes = if case .boxes(let boxes) = targets { boxes.map(\.rows.count).max() ?? 0 } else { 0 }
    }

    public var sampleCount: Int? { paths.count }
    public var unit: String { "images" }
    public var knownLabels: [Int]? { if case .classes(let labels) = targets { labels } else { nil } }

    public func validate() throws {
        guard paths.isEmpty else { return }
        throw CognitronError(.data, "pictures", "there are none", expected: "at least one picture")
    }

    /// - Throws: `CognitronError.file` for the first picture, in the order of the batch, that cannot be read.
    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        var input = Tensor(uninitialized: shape.batched(samples.count))
        let size = shape.elementCount
        let loaded = try input.withUnsafeMutableScalars { scalars in
            guard let x = scalars.baseAddress else { return [LoadedTarget]() }
            // Samples write disjoint parts.
            nonisolated(unsafe) let input = x
            do {
                return try Self.inParallel(samples.count) { row in
                    try load(samples[row], draw, into: input + row * size)
                }
            } catch let error as CognitronError where error.kind == .file {
                throw damageAdvice.map(error.advising) ?? error
            }
        }
        return batch(input, samples, loaded)
    }

    /// Reads one picture and what belongs to it.
    private func load(
        _ sample: Int, _ draw: Draw?, into x: UnsafeMutablePointer<Float>
    ) throws -> LoadedTarget {
        let path = paths[sample]
        let file = try OpenPicture(PictureFile.bytes(of: path), name: path)
        let (height, width) = (file.header.height, try width(file.header, path))
        let random = draw.map {
            Draw(epoch: $0.epoch, key: $0.key.folding("framing")).generator(for: sample)
        }
        let frame = framing.frame(height: height, width: width, into: shape, random: random)
        func framed(_ picture: Picture) -> Picture {
            frame.scaled(to: picture, fromHeight: height, width: width).applied(to: picture)
        }
        let picture = try file.read(channels) { _ in frame.shrink }
        framed(targets == .rightHalf ? picture.half(0) : picture).pixels.withUnsafeBufferPointer { pixels in
            if let first = pixels.baseAddress { Images.normalize(first, x, count: pixels.count) }
        }
        switch targets {
        case .rightHalf:
            let whole = channels == .rgb ? picture : try file.read(.rgb) { _ in frame.shrink }
            return .picture(framed(whole.half(1)))
        case .pictures(let others):
            let other = try OpenPicture(PictureFile.bytes(of: others[sample]), name: others[sample])
            try check(
                [other.header.height, other.header.width], "its partner \(others[sample])", sample,
                file.header)
            return .picture(framed(try other.read(.rgb) { _ in frame.shrink }))
        default: return try target(sample, file.header, frame)
        }
    }

    /// The width of the picture in a file: half of it where its other half is the target.
    private func width(_ header: PictureHeader, _ path: String) throws -> Int {
        guard targets == .rightHalf else { return header.width }
        guard header.width.isMultiple(of: 2) else {
            throw CognitronError(
                .file, path, "does not hold two pictures side by side", expected: "an even width",
                got: "\(header.width)")
        }
        return header.width / 2
    }

    private func target(
        _ sample: Int, _ header: PictureHeader, _ frame: PictureFrame
    ) throws -> LoadedTarget {
        switch targets {
        case .none, .classes, .pictures, .rightHalf: return .none
        case .masks(let masks, let classes):
            let mask = try PictureFile.readMask(masks[sample])
            try check([mask.height, mask.width], "the mask \(masks[sample])", sample, header)
            return .mask(
                frame.applied(
                    to: try classes.numbers(mask, masks[sample]), interpolation: .nearest,
                    fill: MaskClasses.void))
        case .boxes(let boxes):
            if let size = boxes[sample].size {
                try check(size, "the file of its boxes", sample, header)
            }
            return .boxes(frame.applied(to: boxes[sample].pixels(header)))
        }
    }

    /// Throws where a picture does not have the size that its mask or annotation says.
    private func check(_ size: Shape, _ teller: String, _ sample: Int, _ header: PictureHeader) throws {
        guard size[0] != header.height || size[1] != header.width else { return }
        throw CognitronError(
            .file, paths[sample], "does not have the size that \(teller) says", expected: "\(size)",
            got: "\(header.height) × \(header.width)",
            advice: "the picture was resized or turned after it was labelled: export both again")
    }
}

/// What was read beside a picture.
private enum LoadedTarget {
    case none
    case mask(Picture)
    case boxes([BoxRow])
    case picture(Picture)
}

extension Picture {
    /// The left half (0) or the right one (1); a column in the middle is left out.
    fileprivate func half(_ side: Int) -> Picture {
        let half = max(1, width / 2)
        return cropped(to: PictureWindow(x: side * (width - half), y: 0, width: half, height: height))
    }
}

extension PictureSource {
    private func batch(_ input: Tensor, _ samples: [Int], _ loaded: [LoadedTarget]) -> Batch {
        switch targets {
        case .none: return Batch(inputs: [input])
        case .classes(let numbers):
            return Batch(inputs: [input], targets: [Tensor(samples.map { numbers[$0] })])
        case .masks:
            let numbers = loaded.flatMap { target -> [UInt8] in
                if case .mask(let mask) = target { mask.pixels } else { [] }
            }
            let shape: Shape = [samples.count, self.shape[0], self.shape[1]]
            let isVoid = numbers.map { $0 == MaskClasses.void }
            let target = Tensor(Swift.zip(numbers, isVoid).map { $1 ? 0 : Float($0) }).reshaped(shape)
            guard isVoid.contains(true) else { return Batch(inputs: [input], targets: [target]) }
            return Batch(
                inputs: [input], targets: [target],
                weights: [Tensor(isVoid.map { $0 ? 0 : 1 as Float }).reshaped(shape)])
        case .pictures, .rightHalf:
            let pictures = loaded.compactMap { target -> Tensor? in
                if case .picture(let picture) = target { picture.tensor } else { nil }
            }
            return Batch(inputs: [input], targets: [.stacked(pictures)])
        case .boxes:
            let most = max(1, mostBoxes)
            let scalars = loaded.flatMap { target -> [Float] in
                guard case .boxes(let rows) = target else { return [] }
                let free = [BoxRow](repeating: .none, count: most - rows.count)
                return (rows + free).flatMap(\.scalars)
            }
            return Batch(
                inputs: [input],
                targets: [Tensor(scalars).reshaped([samples.count, most, BoxRow.width])])
        }
    }

    /// The source without pictures that cannot be read: each is read once now, by all workers. `notes` says
    /// how many there were, and what was wrong with the first.
    ///
    /// - Throws: `CognitronError.file` where no picture can be read.
    public func withoutDamaged() throws -> PictureSource {
        let size = shape.elementCount
        let errors = try Self.inParallel(paths.count) { sample -> CognitronError? in
            try withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { buffer in
                guard let x = buffer.baseAddress else { return nil }
                do {
                    _ = try load(sample, nil, into: x)
                    return nil
                } catch let error as CognitronError {
                    return error
                }
            }
        }
        let intact = errors.indices.filter { errors[$0] == nil }
        guard let first = errors.compactMap({ $0 }).first else { return self }
        guard !intact.isEmpty else { throw first }
        var source = try PictureSource(
            intact.map { paths[$0] }, targets.selecting(intact), shape: shape, framing: framing)
        source.notes =
            notes + ["\(paths.count - intact.count) of \(paths.count) pictures cannot be read: \(first)"]
        return source
    }

    /// The results for 0, 1, 2 …, made by the workers.
    ///
    /// - Throws: the error of the lowest number that had one.
    static func inParallel<R: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> R) throws -> [R] {
        let results = Locked<[Int: Result<R, any Error>]>([:])
        WorkerPool.shared.run(total: count, grain: 1) { rows, _ in
            for row in rows {
                let result = Result { try body(row) }
                results.withLock { $0[row] = result }
            }
        }
        return try results.withLock { results in try (0..<count).compactMap { try results[$0]?.get() } }
    }
}
