import Cognitron
import CognitronKernels

/// Pictures of one or two shapes with a sentence about each: "a small red circle left of a blue star".
///
///     let captions = ShapeCaptions(size: 64)
///     let (picture, words) = captions.caption(at: 0)
///     let train = captions.source(count: 10_000)                  // (N, 64, 64, 3) → tokens (N, 10)
///
/// A shape is small, large or, without a word, in between. Of two shapes, whose kinds differ, the one that
/// comes first in `Shapes.classNames` comes first in the sentence, so that a picture determines its words.
///
/// Targets are the numbers of the words in `vocabulary`; 0, an empty word, fills up the rest of a sentence.
public struct ShapeCaptions: DrawnSamples {
    /// Pixels per side.
    public let size: Int
    private let key: RandomKey

    /// The words, after the empty one.
    public static let vocabulary: [String] =
        ["", "a"] + ShapeMagnitude.allCases.compactMap(\.word) + ShapeColour.allCases.map(\.rawValue)
        + Shapes.classNames + ["left", "right", "above", "below", "of"]

    /// The number of words in the longest sentence.
    public static let length = 10

    private static let numbers = Dictionary(
        uniqueKeysWithValues: vocabulary.enumerated().map { ($1, Float($0)) })

    /// - Parameters:
    ///   - seed: selects the random sequence.
    ///   - split: training and test pictures of the same seed differ.
    ///   - size: pixels per side, at least 32.
    public init(seed: UInt64 = 1, split: DatasetSplit = .train, size: Int = 64) {
        require(size >= 32, "pictures of \(size) pixels; expected at least 32")
        self.size = size
        key = RandomKey(seed: seed).folding("shapes-captions").folding(split.rawValue)
    }

    /// The picture (H, W, 3) with this number, and the words about it.
    public func caption(at index: Int) -> (picture: Picture, words: [String]) {
        require(index >= 0, "picture \(index)")
        let key = key.folding(index)
        var draws = key.generator()
        let scene = CaptionedScene(&draws)
        var canvas = Canvas(size: size, Surface((0.42, 0.58), colourfulness: 0.03, stripes: 0.03, &draws))
        for object in scene.objects {
            canvas.fill(object.shape.pixels(size: size), Surface(object.colour.value, stripes: 0, &draws))
        }
        return (canvas.picture(.rgb, noise: (0.03, key.folding("noise"))), scene.words)
    }

    /// The words with these numbers, up to the first empty one.
    public static func words(_ tokens: some Sequence<Int>) -> [String] {
        Array(
            tokens.lazy.map { vocabulary.indices.contains($0) ? vocabulary[$0] : "" }.prefix { !$0.isEmpty })
    }

    public var name: String { "shapes-captions" }
    public var task: DataTask { .text }
    public var inputShape: Shape { [size, size, 3] }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        let (picture, words) = caption(at: index)
        var tokens = [Float](repeating: 0, count: Self.length)
        for (place, word) in words.enumerated() { tokens[place] = Self.numbers[word] ?? 0 }
        return (picture.tensor, [Tensor(tokens)])
    }
}

extension Dataset {
    /// Drawings of one or two shapes with a sentence each, 10,000 for training and 2,000 for testing: see
    /// `ShapeCaptions`.
    public static let shapesCaptions = Dataset(
        "shapes-captions", "drawings of one or two shapes, with a sentence about each",
        task: .text, shape: nil
    ) { split, shape in
        let form = try PictureForm("shapes-captions", shape ?? [64, 64, 3], needsColour: true)
        let drawn = try ShapeCaptions(split: split, size: form.size).part(split)
        return try DatasetPart(
            name: drawn.name, task: .text, inputShape: drawn.inputShape,
            source: drawn.source.map(ShapeCaptions.forDecoder),
            text: TextCoding(targets: ShapeCaptions.vectorization))
    }
    .drawn
}

extension ShapeCaptions {
    fileprivate static let vectorization = TextVectorization(
        vocabulary: Array(vocabulary.dropFirst()), marks: [TextVectorization.start, TextVectorization.end])

    /// The sentences behind a start mark as a second input, and before an end mark as the target.
    fileprivate static func forDecoder(_ batch: Batch) -> Batch {
        let words = vectorization
        let sentences = batch.targets[0].scalars.map(Int.init).chunked(length).map { self.words($0) }
        func rows(_ sentences: [[String]]) -> Tensor {
            TokenSequences.padded(
                sentences.map { words.lookup($0) }, to: length + 1, padding: .post, truncating: .post)
        }
        return Batch(
            inputs: batch.inputs + [rows(sentences.map { [TextVectorization.start] + $0 })],
            targets: [rows(sentences.map { $0 + [TextVectorization.end] })])
    }
}

extension [Int] {
    /// Runs of so many numbers.
    fileprivate func chunked(_ size: Int) -> [[Int]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
