import Cognitron
import CognitronData

extension Plot {
    /// Where an autoencoder's codes of samples lie, in a colour for each class: of codes with more than two
    /// numbers, along their first two principal components.
    ///
    /// - Parameters:
    ///   - samples: (N, …), as the model takes them.
    ///   - labels: the class of each, (N); nil for one colour.
    /// - Throws: `CognitronError` where the model is no autoencoder, or its codes are no vectors.
    public static func latent(
        of samples: Tensor, labels: Tensor? = nil, classNames: [String] = [], by model: Model,
        title: String = "Latent space"
    ) throws -> Plot {
        let plane = try LatentPlane(of: model, samples)
        return .embedding(
            plane.places, labels: labels, classNames: classNames, title: title,
            subtitle: "codes of \(samples.shape[0].grouped) samples", axes: plane.axes)
    }

    /// The plane of `latent` as a map: what the codes at its places stand for, as one picture.
    ///
    /// - Parameters:
    ///   - samples: as for `latent`. They say how far the map reaches: to 98 % of the codes along each axis.
    ///   - count: pictures along each side.
    /// - Throws: as `latent`, and where the model gives no pictures.
    public static func latentGrid(
        of samples: Tensor, by model: Model, count: Int = 16, title: String = "Map of the latent space"
    ) throws -> Plot {
        let plane = try LatentPlane(of: model, samples)
        let (xs, ys) = (steps(plane.range(0), count), steps(plane.range(1), count))
        // Rows from the top, where the second number is largest.
        let places = ys.reversed().flatMap { y in xs.flatMap { [$0, y] } }
        let pictures = try plane.samples(at: Tensor(places, shape: [count * count, 2]))
        guard pictures.rank == 4, [1, 3].contains(pictures.shape[3]) else {
            throw CognitronError(
                .model, model.name ?? "the model", "gives no pictures",
                expected: "height × width × 1 or 3", got: "\(pictures.shape.sample)")
        }
        func text(_ numbers: [Float]) -> String {
            [numbers[0], numbers[count - 1]].map { Double($0).significant(2) }.joined(separator: " to ")
        }
        return try PictureSheet(
            title,
            subtitle: "to the right, \(plane.axes.x), \(text(xs)); upwards, \(plane.axes.y), \(text(ys))",
            sections: [.init("", [.init(Picture(sample: pictures.tiled(columns: count)))])], side: 560
        ).plot()
    }

    /// Numbers at equal distances, the ends included.
    private static func steps(_ range: ClosedRange<Float>, _ count: Int) -> [Float] {
        (0..<count).map { step in
            let share = Float(step) / Float(max(1, count - 1))
            return range.lowerBound * (1 - share) + range.upperBound * share
        }
    }
}

extension Tensor {
    /// Pictures (rows · columns, H, W, C) as one, (rows · H, columns · W, C).
    fileprivate func tiled(columns: Int) -> Tensor {
        let (rows, height, width) = (shape[0] / columns, shape[1], shape[2])
        return reshaped([rows, columns, height, width, shape[3]]).permuted([0, 2, 1, 3, 4])
            .reshaped([rows * height, columns * width, shape[3]])
    }
}
