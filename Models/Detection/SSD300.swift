import Cognitron
import CognitronDetection

/// SSD300 on VGG16, as torchvision has it: 8,732 boxes of six maps.
///
/// | layer (ReLU after each convolution) | output |
/// |---|---|
/// | input · 255 − (123, 117, 104) | 300×300×3 |
/// | VGG16 to its tenth convolution; the third pooling rounds up | 38×38×512 |
/// | map 1: the same, each pixel's channels with norm 1, times a learnt scale a channel (20) | 38×38×512 |
/// | max pool 2; 3 × conv 512 @ 3×3; max pool 3, stride 1 | 19×19×512 |
/// | map 2: conv 1024 @ 3×3, dilation 6; conv 1024 @ 1×1 | 19×19×1024 |
/// | map 3: conv 256 @ 1×1; conv 512 @ 3×3, stride 2 | 10×10×512 |
/// | map 4: conv 128 @ 1×1; conv 256 @ 3×3, stride 2 | 5×5×256 |
/// | map 5: conv 128 @ 1×1; conv 256 @ 3×3, without padding | 3×3×256 |
/// | map 6: conv 128 @ 1×1; conv 256 @ 3×3, without padding | 1×1×256 |
/// | 4, 6, 6, 6, 4, 4 boxes a cell: conv of offsets and conv of classes @ 3×3 | 8732×(5 + classes) |
///
/// 26,285,486 parameters with 20 classes, 35,641,826 and 34.9 billion multiply-adds with 90. Layers have
/// torchvision's names (`ssd300_vgg16`).
///
/// - Parameter width: the factor of all filters.
/// - Throws: `CognitronError` unless the pictures are of 300×300.
/// - Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016).
public func ssd300(
    inputShape: Shape = [300, 300, 3], classCount: Int = 20, width: Float = 1
) throws -> Model {
    try requirePictures(inputShape, classCount: classCount, "ssd300")
    guard inputShape == [300, 300, 3] else {
        throw CognitronError(
            .shape, "ssd300", "takes pictures of one size only", expected: "[300, 300, 3]",
            got: "\(inputShape)", advice: "resize the pictures, or take the model ssd")
    }
    let input = Input(shape: inputShape)
    let layers = SSD300Layers(width: try WidthFactor(width, "ssd300"))
    let output = multiboxHead(
        layers.maps(input.symbolic), DefaultBoxes.ssd300.boxesPerCell, classCount: classCount)
    return try Model(inputs: input, outputs: output, name: "ssd300")
}

/// The six maps of SSD300.
private struct SSD300Layers {
    let width: WidthFactor

    /// Of red, green and blue, from 0 to 1, as torchvision has them.
    private static let means: [Float] = [0.48235, 0.45882, 0.40784]
    /// Brings pixels to 0…255.
    private static let variances = [Float](repeating: 1 / (255 * 255), count: 3)
    /// Half the filters, filters, strides and padding of the 3×3 convolution of the last four maps.
    private static let extra: [(narrow: Int, filters: Int, strides: Int, padding: Int)] = [
        (256, 512, 2, 1), (128, 256, 2, 1), (128, 256, 1, 0), (128, 256, 1, 0),
    ]
    private static let sizes = [38, 19, 10, 5, 3, 1]

    private func convolution(
        _ filters: Int, size: Int = 3, strides: Int = 1, padding: Int = 1, dilation: Int = 1, _ name: String,
        _ x: SymbolicTensor
    ) -> SymbolicTensor {
        Conv2D(
            width(filters), kernelSize: size, strides: strides, padding: .explicit(padding),
            dilationRate: dilation, activation: .relu, kernelInitializer: .heNormal,
            name: "backbone.\(name)")(x)
    }

    func maps(_ pictures: SymbolicTensor) -> [MultiboxMap] {
        var x: SymbolicTensor = Normalization(mean: Self.means, variance: Self.variances)(pictures)
        var number = 0
        func stage(_ count: Int, _ filters: Int) {
            for _ in 0..<count {
                x = convolution(filters, "features.\(number)", x)
                number += 2
            }
        }
        for (count, filters) in [(2, 64), (2, 128), (3, 256)] {
            stage(count, filters)
            x = MaxPooling2D(poolSize: 2, padding: filters == 256 ? .same : .valid)(x)
            number += 1
        }
        stage(3, 512)
        let scale = EinsumDense(
            "nhwc,c->nhwc", outputShape: [nil, nil, nil], kernelInitializer: .constant(20),
            name: "backbone.scale_weight")
        var maps = [scale(UnitNormalization()(x))]
        x = MaxPooling2D(poolSize: 2)(x)
        for number in 0..<3 { x = convolution(512, "extra.0.\(1 + 2 * number)", x) }
        x = MaxPooling2D(poolSize: 3, strides: 1, padding: .explicit(1))(x)
        x = convolution(1024, padding: 6, dilation: 6, "extra.0.7.1", x)
        x = convolution(1024, size: 1, padding: 0, "extra.0.7.3", x)
        maps.append(x)
        for (map, layer) in Self.extra.enumerated() {
            x = convolution(layer.narrow, size: 1, padding: 0, "extra.\(map + 1).0", x)
            x = convolution(
                layer.filters, strides: layer.strides, padding: layer.padding, "extra.\(map + 1).2", x)
            maps.append(x)
        }
        return zip(maps, Self.sizes).map { MultiboxMap($0, rows: $1, columns: $1) }
    }
}
