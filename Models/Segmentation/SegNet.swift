import Cognitron

/// SegNet: an encoder whose poolings remember where each maximum was, and a decoder that puts its values back
/// to those pixels. No features are handed on, only places.
///
/// | path | each stage |
/// |---|---|
/// | encoder | n × (conv @ 3×3, batch norm, ReLU); max pool 2 |
/// | decoder, from the last stage on | max unpool 2; n × (conv @ 3×3, batch norm, ReLU) |
///
/// The decoder's last convolution of a stage has the channels of the stage before; the very last one gives
/// the classes, with softmax instead of normalisation and ReLU.
///
/// | form | stages | input | parameters | multiply-adds |
/// |---|---|---|---|---|
/// | VGG16's, 12 classes | 2×64, 2×128, 3×256, 3×512, 3×512 | 360×480×3 | 29,449,932 | 106.4 billion |
/// | small, 3 classes | 2×16, 2×32, 2×64 | 96×96×1 | 144,579 | 0.18 billion |
///
/// - Parameters:
///   - input: pictures; where height or width are free, sizes must be multiples of 2^stages.
///   - stages: the filters of each convolution, stage by stage.
/// - Throws: `CognitronError` where the pictures are too small, or a stage is empty.
/// - Source: Badrinarayanan, Kendall and Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture
///   for Image Segmentation" (2017).
public func segNet(
    _ input: Input = Input(128, 128, 3), classCount: Int = 11,
    stages: [[Int]] = [[16, 16], [32, 32], [64, 64]]
) throws -> Model {
    guard !stages.isEmpty, stages.count <= 10, stages.allSatisfy({ !$0.isEmpty }) else {
        throw CognitronError(
            .argument, "segnet", "has no such form", expected: "1 to 10 stages with a convolution each",
            got: "\(stages)")
    }
    try requirePictures(input, atLeast: 1 << stages.count, classCount: classCount, "segnet")
    func block(_ filters: Int, _ name: String, _ x: SymbolicTensor) -> SymbolicTensor {
        let convolution = Conv2D(
            filters, kernelSize: 3, padding: .same, kernelInitializer: .heNormal, name: "\(name).conv")
        return normalized(convolution(x), name: "\(name).norm")
    }

    var x = input.symbolic
    var pooled: [(indices: SymbolicTensor, size: [Int?])] = []
    var size = Array(input.sizes.prefix(2))
    for (stage, filters) in stages.enumerated() {
        for (number, filters) in filters.enumerated() { x = block(filters, "encoder.\(stage).\(number)", x) }
        let outputs = MaxPooling2DWithIndices(poolSize: 2).outputs(of: x)
        pooled.append((outputs[1], size))
        x = outputs[0]
        size = size.map { $0.map { $0 / 2 } }
    }
    for (stage, filters) in stages.enumerated().reversed() {
        let (indices, size) = pooled[stage]
        // An odd size, of which the last row or column was left out, is not twice the pooled one.
        let known = size.compactMap(\.self)
        let isOdd = known.count == 2 && known.contains { $0 % 2 == 1 }
        x = MaxUnpooling2D(poolSize: 2, outputSize: isOdd ? known : nil)(x, indices)
        let last = stage > 0 ? stages[stage - 1][stages[stage - 1].count - 1] : classCount
        let outputs = Array(repeating: filters[filters.count - 1], count: filters.count - 1) + [last]
        for (number, filters) in outputs.enumerated() {
            let name = "decoder.\(stage).\(number)"
            guard stage == 0, number == outputs.count - 1 else {
                x = block(filters, name, x)
                continue
            }
            x = Conv2D(
                filters, kernelSize: 3, padding: .same, activation: .softmax, name: "\(name).conv")(x)
        }
    }
    return try Model(inputs: input, outputs: x, name: "segnet")
}

/// SegNet with VGG16's 13 convolutions as encoder.
public func segNetVGG16(_ input: Input = Input(360, 480, 3), classCount: Int = 12) throws -> Model {
    let (early, late) = ([[64, 64], [128, 128]], [256, 512, 512].map { [$0, $0, $0] })
    return try segNet(input, classCount: classCount, stages: early + late)
}
