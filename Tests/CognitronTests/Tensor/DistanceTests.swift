import Cognitron
import Testing

@Suite("Distances in masks")
struct DistanceTests {
    @Test("Are those of a search over all pixels", arguments: [(1, 1), (1, 9), (7, 1), (13, 17)])
    func search(_ height: Int, _ width: Int) {
        let mask = (Tensor.randomUniform([3, height, width], seed: 4) .> 0.9) * 2
        let distances = mask.distances(toPixels: 2).scalars
        for n in 0..<3 {
            let image = Array(mask.scalars[n * height * width..<(n + 1) * height * width])
            let places = image.indices.filter { image[$0] == 2 }.map { ($0 / width, $0 % width) }
            for pixel in image.indices {
                let squares = places.map { row, column in
                    let (down, right) = (row - pixel / width, column - pixel % width)
                    return down * down + right * right
                }
                let expected = squares.min().map { Float($0).squareRoot() } ?? .infinity
                #expect(distances[n * height * width + pixel] == expected)
            }
        }
    }

    @Test(
        "Boundary weights are the U-Net paper's formula between two objects, and those of classes elsewhere")
    func boundaries() {
        let mask = Tensor([1, 1, 0, 0, 0, 3, 3, 0], shape: [1, 1, 8])
        let weights = mask.boundaryWeights(classWeights: (0.5, 2), factor: 10, sigma: 2).scalars
        #expect(weights[0] == 2 && weights[6] == 2)
        // d₁ + d₂ is 4 between them, and 1 + 6 at the end.
        for (pixel, sum) in [(2, Float(4)), (3, 4), (4, 4), (7, 7)] {
            #expect(abs(weights[pixel] - (0.5 + 10 * expectedGap(sum))) < 1e-4)
        }
        let single = Tensor([0, 1, 0], shape: [1, 1, 3]).boundaryWeights()
        #expect(single == Tensor.ones([1, 1, 3]) && Tensor.zeros([1, 2, 2]).boundaryWeights().min() == 1)
    }

    /// exp(−sum² / 8)
    private func expectedGap(_ sum: Float) -> Float { Tensor(-sum * sum / 8).exponential.scalar }
}
