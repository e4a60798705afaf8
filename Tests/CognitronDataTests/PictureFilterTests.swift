import Cognitron
import CognitronData
import Foundation
import Testing

@Suite("Filters made by hand")
struct PictureFilterTests {
    /// X of the courses: 1 … 16 in four rows.
    private static let x = Tensor((1...16).map { Float($0) }, shape: [4, 4, 1])

    /// The response at the only place where the filter lies fully on a patch of its size.
    private func response(_ filter: PictureFilter, _ patch: Tensor) -> Float {
        filter.response(to: patch.expandingDimensions(at: 2))[patch.shape[0] / 2, patch.shape[1] / 2, 0]
    }

    @Test("The course's curve: 6,600 on a line that bends alike, nothing on another part of the mouse")
    func curve() {
        let curve: Tensor = [
            [0, 0, 0, 0, 0, 0, 30], [0, 0, 0, 0, 50, 50, 50], [0, 0, 0, 20, 50, 0, 0],
            [0, 0, 0, 50, 50, 0, 0], [0, 0, 0, 50, 50, 0, 0], [0, 0, 0, 50, 50, 0, 0],
            [0, 0, 0, 50, 50, 0, 0],
        ]
        let other: Tensor = [
            [0, 0, 0, 0, 0, 0, 0], [0, 40, 0, 0, 0, 0, 0], [40, 0, 40, 0, 0, 0, 0], [40, 20, 0, 0, 0, 0, 0],
            [0, 50, 0, 0, 0, 0, 0], [0, 0, 50, 0, 0, 0, 0], [25, 25, 0, 50, 0, 0, 0],
        ]
        #expect(response(.curve, curve) == 6600)
        #expect(response(.curve, other) == 0)
    }

    @Test("The course's edges both ways on X, and the difference quotient of squares")
    func edges() {
        func inside(_ filter: PictureFilter) -> Tensor {
            filter.response(to: Self.x).slice(axis: 0, 1..<3).slice(axis: 1, 1..<3).squeezing(2)
        }
        #expect(inside(.edgesX) == [[6, 6], [6, 6]])
        #expect(inside(.edgesY) == [[24, 24], [24, 24]])
        let quotient = PictureFilter("difference", [[-0.5, 0, 0.5]])
        let squares = Tensor([0, 1, 4, 9, 16], shape: [1, 5, 1])
        #expect(Array(quotient.response(to: squares).scalars[1...3]) == [2, 4, 6])
    }

    @Test("Sobel's and Laplace's filters find nothing on a plane, slopes have their size")
    func gradients() {
        let plane = Tensor.ones([5, 5, 1])
        let slope = Tensor((0..<25).map { Float($0 % 5) }, shape: [5, 5, 1])
        for filter in [PictureFilter.sobelX, .sobelY, .laplacian] {
            #expect(filter.response(to: plane)[2, 2, 0] == 0)
        }
        #expect(PictureFilter.sobelX.response(to: slope)[2, 2, 0] == 8)
        #expect(PictureFilter.sobelY.response(to: slope)[2, 2, 0] == 0)
        #expect(PictureFilter.laplacian.response(to: slope)[2, 2, 0] == 0)
    }

    @Test("Blurring keeps the mean; a bell curve is the same in every direction")
    func blurs() {
        #expect(PictureFilter.blur(5).kernel == Tensor.ones([5, 5]) / 25)
        let bell = PictureFilter.gaussian(sigma: 1.5).kernel
        #expect(bell.shape == [11, 11] && abs(bell.sum() - 1) < 1e-6)
        #expect(bell.isClose(to: bell.transposed) && bell.isClose(to: bell.flipped(axis: 0)))
        let ratio: Float = bell[5, 6] / bell[5, 5]
        #expect(abs(ratio - exp(-1 / 4.5)) < 1e-6)
    }

    @Test("A Gabor filter responds to stripes of its direction and width")
    func gabor() {
        func stripes(_ wavelength: Float, upright: Bool) -> Tensor {
            let values = (0..<31 * 31).map { (at: Int) -> Float in
                let place = Float((upright ? at % 31 : at / 31) - 15)
                return 0.5 + 0.5 * cos(2 * Float.pi * place / wavelength)
            }
            return Tensor(values, shape: [31, 31, 1])
        }
        let filter = PictureFilter.gabor(wavelength: 4)
        func size(_ picture: Tensor) -> Float { abs(filter.response(to: picture)[15, 15, 0]) }
        let own = size(stripes(4, upright: true))
        #expect(size(stripes(4, upright: false)) < own / 5)
        #expect(size(stripes(9, upright: true)) < own / 3)
        let turned = PictureFilter.gabor(wavelength: 4, angle: .pi / 2).kernel
        #expect(turned.isClose(to: filter.kernel.transposed, absolute: 1e-5))
    }

    @Test("Each channel is filtered by itself, and a response becomes a picture around grey")
    func pictures() {
        let picture = ShapeScenes(size: 32).scene(at: 0).picture
        let response = PictureFilter.sobelX.response(to: picture.tensor)
        #expect(response.shape == [32, 32, 3])
        let green = picture.tensor.slice(axis: 2, 1..<2)
        #expect(PictureFilter.sobelX.response(to: green) == response.slice(axis: 2, 1..<2))
        let shown = PictureFilter.sobelX.picture(of: picture)
        #expect(shown.shape == picture.shape)
        #expect(shown.pixels.contains { $0 == 0 || $0 == 255 })
        let flat = Picture(height: 9, width: 9, channels: 1, pixels: Array(repeating: 0, count: 81))
        #expect(PictureFilter.sobelX.picture(of: flat).pixels.allSatisfy { $0 == 128 })
    }
}
