import Cognitron

/// LeNet-5 as it was published: 60,000 trained numbers.
///
/// | layer | output | trained |
/// |---|---|---|
/// | C1: conv 6 @ 5×5, squashed | 28×28×6 | 156 |
/// | S2: sub-sampling 2 | 14×14×6 | 12 |
/// | C3: conv 16 @ 5×5 by the connection table, squashed | 10×10×16 | 1,516 |
/// | S4: sub-sampling 2 | 5×5×16 | 32 |
/// | C5: conv 120 @ 5×5, squashed | 1×1×120 | 48,120 |
/// | F6: dense 84, squashed | 84 | 10,164 |
/// | distances to ten fixed drawings of 7×12 pixels; softmax of their negatives | classes | 0 |
///
/// Squashed means 1.7159·tanh(2x/3). The cross-entropy of the softmax is the paper's second loss without the
/// constant in its denominator.
///
/// Distances are squares of 84 numbers, and so are their gradients: with a learning rate of 0.01 and a
/// momentum of 0.9 the squashed layers saturate at once, with 0.0005 they learn. `leNet` is the modern form.
///
/// - Parameters:
///   - inputShape: height × width × channels; digits of 28×28 are padded by 2 on every side.
///   - classCount: at most 10, the digits.
/// - Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition"
///   (1998).
public func leNet5(inputShape: Shape = [32, 32, 1], classCount: Int = 10) throws -> Model {
    guard (1...digitDrawings.count).contains(classCount) else {
        throw CognitronError(
            .argument, "lenet5", "has no drawings for so many classes", expected: "1 to 10 classes",
            got: "\(classCount)", advice: "use lenet")
    }
    let isPadded = inputShape.first == 28
    try requirePictures(inputShape, atLeast: isPadded ? 28 : 32, classCount: classCount, "lenet5")
    let padding: Padding = isPadded ? .explicit(2) : .valid
    let model = Sequential(name: "lenet5") {
        Input(shape: inputShape)
        Conv2D(
            6, kernelSize: 5, padding: padding, activation: .scaledTanh, kernelInitializer: .lecunUniform,
            name: "C1")
        Subsampling2D(activation: .scaledTanh, name: "S2")
        ConvolutionMap2D(
            connectionTable, kernelSize: 5, activation: .scaledTanh, kernelInitializer: .lecunUniform,
            name: "C3")
        Subsampling2D(activation: .scaledTanh, name: "S4")
        Conv2D(120, kernelSize: 5, activation: .scaledTanh, kernelInitializer: .lecunUniform, name: "C5")
        Flatten()
        Dense(84, activation: .scaledTanh, kernelInitializer: .lecunUniform, name: "F6")
        RadialBasis(centres: Array(digitDrawings.map(centre).prefix(classCount)), name: "output")
        Softmax()
    }
    try model.build(inputShape)
    return model
}

/// The maps of S2 that each map of C3 reads: table I of the paper.
private let connectionTable = [
    [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5], [0, 1, 2, 3], [1, 2, 3, 4],
    [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
    [0, 1, 2, 3, 4, 5],
]

/// 1 for ink, −1 for paper.
private func centre(_ drawing: String) -> [Float] {
    drawing.compactMap { $0 == "#" ? 1 : $0 == "." ? -1 : nil }
}

/// The digits in 7 columns and 12 rows, as in figure 3 of the paper in kind, not pixel for pixel.
private let digitDrawings = [
    "..###.. .#...#. #.....# #.....# #.....# #.....# #.....# #.....# #.....# .#...#. ..###.. .......",
    "...#... ..##... .#.#... ...#... ...#... ...#... ...#... ...#... ...#... ...#... .#####. .......",
    "..###.. .#...#. #.....# ......# .....#. ....#.. ...#... ..#.... .#..... #...... ####### .......",
    "..####. .#....# ......# ......# .....#. ..###.. .....#. ......# ......# .#....# ..####. .......",
    ".....#. ....##. ...#.#. ..#..#. .#...#. #....#. ####### .....#. .....#. .....#. .....#. .......",
    "####### #...... #...... #...... #####.. .....#. ......# ......# ......# #....#. .####.. .......",
    "...###. ..#.... .#..... #...... #.###.. ##...#. #.....# #.....# #.....# .#...#. ..###.. .......",
    "####### ......# .....#. .....#. ....#.. ....#.. ...#... ...#... ..#.... ..#.... ..#.... .......",
    "..###.. .#...#. #.....# #.....# .#...#. ..###.. .#...#. #.....# #.....# .#...#. ..###.. .......",
    "..###.. .#...#. #.....# #.....# #.....# .#...## ..###.# ......# .....#. ....#.. .###... .......",
]
