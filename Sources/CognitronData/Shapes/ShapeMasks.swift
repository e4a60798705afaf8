import Cognitron
import CognitronKernels

/// The pictures of `Shapes` with the class of each pixel: 0 for the background, 1…10 for the shapes.
///
///     let train = ShapeMasks(size: 64).source(count: 10_000)      // (N, 64, 64, 3) → (N, 64, 64)
public struct ShapeMasks: DrawnSamples {
    /// "background", then `Shapes.classNames`.
    public static var classNames: [String] { ["background"] + Shapes.classNames }

    public let shapes: Shapes

    public init(_ shapes: Shapes = Shapes()) { self.shapes = shapes }

    public var name: String { "shapes-masks" }
    public var task: DataTask { .segmentation(classNames: Self.classNames) }
    public var inputShape: Shape { [shapes.size, shapes.size, shapes.channels.rawValue] }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        let scene = shapes.scene(at: index)
        let number = Float(scene.label + 1)
        let mask = Tensor(scene.mask.map { Float($0) * number }, shape: [shapes.size, shapes.size])
        return (scene.image[0], [mask])
    }
}

extension Dataset {
    /// Drawings of one shape with the class of each pixel, 10,000 for training and 2,000 for testing: see
    /// `ShapeMasks`.
    public static let shapesMasks = Dataset(
        "shapes-masks", "drawings of one shape, with the class of each pixel",
        task: .segmentation(classNames: ShapeMasks.classNames), shape: nil
    ) { split, shape in
        let form = try PictureForm("shapes-masks", shape ?? [32, 32, 3])
        return try ShapeMasks(Shapes(split: split, size: form.size, channels: form.channels)).part(split)
    }
    .drawn
}
