import Cognitron

/// U-Net: a path that halves the size and doubles the channels at each level, and one back, whose levels also
/// read what the first path had at their size.
///
/// | level | on the way down | on the way up |
/// |---|---|---|
/// | 1 | 2 × conv base @ 3×3, ReLU; max pool 2 | up base; join; 2 × conv base; conv classes @ 1×1, softmax |
/// | 2 | 2 × conv 2·base; max pool 2 | up 2·base; join; 2 × conv 2·base |
/// | … | | |
/// | bottom | 2 × conv base · 2^depth | |
///
/// "up" is a transposed convolution of 2×2 with strides of 2, "join" puts the level's features, cropped to
/// the middle where convolutions are not padded, before its channels.
///
/// | form | input → output | parameters | multiply-adds |
/// |---|---|---|---|
/// | 2015: base 64, depth 4, `.valid` | 572×572×1 → 388×388×2 | 31,030,658 | 150.4 billion |
/// | base 64, depth 4 | 256×256×1 → 256×256×2 | 31,030,658 | 48.1 billion |
/// | base 16, depth 4 | 128×128×1 → 128×128×2 | 1,940,834 | 0.75 billion |
///
/// - Parameters:
///   - input: pictures, of any size where it has free axes: `Input(nil, nil, 3)`. With padding the output has
///     the picture's size. Without, its height and width are 184 less for a depth of 4; choose sizes that are
///     even before every pooling.
///   - padding: `.same`, or `.valid` as in the paper.
///   - batchNormalization: whether convolutions have batch normalisation instead of a bias.
///   - dropout: the rate behind the last two levels on the way down; nil for none.
/// - Throws: `CognitronError` where the pictures are too small, or the depth is below 1.
/// - Source: Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation"
///   (2015).
public func unet(
    _ input: Input = Input(128, 128, 3), classCount: Int = 11, base: Int = 16, depth: Int = 4,
    padding: Padding = .same, batchNormalization: Bool = false, dropout: Float? = nil
) throws -> Model {
    guard (1...10).contains(depth), base >= 1 else {
        throw CognitronError(
            .argument, "unet", "has no such form", expected: "a base of at least 1 and a depth of 1 to 10",
            got: "a base of \(base) and a depth of \(depth)")
    }
    let (isPadded, isDivisible) = (padding == .same, input.isDivisible(by: 1 << depth))
    let least = isPadded ? 1 << depth : leastUnpaddedSize(depth)
    try requirePictures(input, atLeast: least, classCount: classCount, "unet")

    func pair(_ filters: Int, _ name: String, _ x: SymbolicTensor) -> SymbolicTensor {
        (1...2).reduce(x) { x, number in
            guard batchNormalization else {
                return Conv2D(
                    filters, kernelSize: 3, padding: padding, activation: .relu, kernelInitializer: .heNormal,
                    name: "\(name).conv\(number)")(x)
            }
            return convolutionBlock(
                filters, kernelSize: 3, padding: padding,
                names: ("\(name).conv\(number)", "\(name).norm\(number)"), x)
        }
    }
    func dropped(_ x: SymbolicTensor) -> SymbolicTensor { dropout.map { Dropout($0)(x) } ?? x }

    var (x, skips) = (input.symbolic, [SymbolicTensor]())
    for level in 0..<depth {
        x = pair(base << level, "down.\(level)", x)
        if level == depth - 1 { x = dropped(x) }
        skips.append(x)
        // Of odd sizes the last row and column are kept too, so that the way back reaches them.
        x = MaxPooling2D(poolSize: 2, padding: isPadded && !isDivisible ? .same : .valid)(x)
    }
    x = dropped(pair(base << depth, "bottom", x))
    for level in (0..<depth).reversed() {
        x = Conv2DTranspose(
            base << level, kernelSize: 2, strides: 2, kernelInitializer: .heNormal, name: "up.\(level).up")(x)
        var skip = skips[level]
        if !isPadded {
            skip = CropToMatch2D()(skip, x)
        } else if !isDivisible {
            x = CropToMatch2D(offset: 0)(x, skip)
        }
        x = pair(base << level, "up.\(level)", Concatenate()(skip, x))
    }
    let classes = Conv2D(classCount, kernelSize: 1, activation: .softmax, name: "classes")(x)
    return try Model(inputs: input, outputs: classes, name: "unet")
}

/// U-Net as it was published: base 64, convolutions without padding, dropout behind the last two levels.
public func unet2015(_ input: Input = Input(572, 572, 1), classCount: Int = 2) throws -> Model {
    try unet(input, classCount: classCount, base: 64, padding: .valid, dropout: 0.5)
}

/// The least size of which convolutions without padding leave a pixel or more, at even sizes everywhere.
private func leastUnpaddedSize(_ depth: Int) -> Int {
    // Each level on the way up enlarges 2 times and loses 4 pixels; each on the way down is the reverse.
    let bottom = (0..<depth).reduce(1) { size, _ in (size + 5) / 2 }
    return (0..<depth).reduce(bottom + 4) { size, _ in 2 * size + 4 }
}

extension Input {
    /// Whether height and width are known, and multiples of `size`.
    func isDivisible(by size: Int) -> Bool {
        sizes.prefix(2).allSatisfy { $0.map { $0.isMultiple(of: size) } ?? false }
    }
}

/// Throws where a network cannot be made for such pictures; free axes are checked when pictures come.
func requirePictures(_ input: Input, atLeast size: Int, classCount: Int, _ name: String) throws {
    try requirePictures(
        Shape(input.sizes.map { $0 ?? size }), atLeast: size, classCount: classCount, name)
}
