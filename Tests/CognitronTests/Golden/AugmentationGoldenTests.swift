import CognitronKernels
import Testing

@testable import Cognitron

/// Scripts/fixtures/augmentation.py says how the file was made.
@Suite("Changes of a photograph give what Keras's layers give")
struct AugmentationGoldenTests {
    private struct Arguments: Decodable {
        var mode: FillMode?
        var degrees, rows, columns, down, right, x, y, delta, factor, addition, threshold: Float?
        var corners: [[Float]]?
    }

    private static let cases = try! GoldenCase.all("augmentation")

    @Test("With the numbers that the layer would draw", arguments: cases.filter { $0.name != "picture" })
    func change(_ golden: GoldenCase) throws {
        let picture = try #require(Self.cases.first { $0.name == "picture" })["x"]
        let size = ImageSize(picture.shape[1], picture.shape[2], channels: 3)
        let changes = try Self.changes(golden.name, try golden.configuration(), size)
        let output = picture.changingImages(RandomKey(seed: 1)) { _, _ in changes }
        expectClose(output, try golden["output"], golden.name, absolute: 2e-3)
    }

    private static func changes(_ name: String, _ a: Arguments, _ size: ImageSize) throws -> [ImageChange] {
        let range: ClosedRange<Float> = 0...255
        let (height, width) = (size.height, size.width)
        func number(_ value: Float?) throws -> Float { try #require(value) }
        func warp(_ warp: Warp, isNearest: Bool = false) -> [ImageChange] {
            [.warp(warp.kernel(isNearest: isNearest))]
        }
        switch name {
        case _ where name.hasPrefix("rotation"):
            let mode = try #require(a.mode)
            return warp(
                .rotation(
                    degrees: try number(a.degrees), height: height, width: width, fillMode: mode, fillValue: 7
                ),
                isNearest: name.hasSuffix("pixel"))
        case "zoom":
            return warp(
                .zoom(
                    rows: try number(a.rows), columns: try number(a.columns), height: height, width: width,
                    fillMode: .reflect))
        case "translation":
            return warp(
                .projective(
                    (1, 0, -(try number(a.right))), (0, 1, -(try number(a.down))), fillMode: .reflect))
        case "shear":
            return warp(
                .projective((1, try number(a.x), 0), (try number(a.y), 1, 0), fillMode: .reflect))
        case "perspective":
            let corners = try #require(a.corners).map { (x: $0[0], y: $0[1]) }
            return warp(try #require(.perspective(corners: corners, height: height, width: width)))
        case "brightness": return [.brightness(try number(a.delta), range)]
        case "contrast": return [.contrast(try number(a.factor), range)]
        case "hue", "hue-negative": return [.hue(try number(a.factor), range)]
        case "saturation": return [.saturation(try number(a.factor), range)]
        case "degeneration", "grey": return [.grey(try number(a.factor), range)]
        case "sharpness", "smoothing": return [.sharpness(try number(a.factor), range)]
        case "invert": return [.invert(white: try number(a.factor))]
        case "posterize": return [.posterize(bits: Int(try number(a.factor)), range)]
        case "equalize", "equalize-few": return [.equalize(bins: Int(try number(a.factor)), range)]
        case "stretch": return [.stretch(range)]
        case "solarize":
            return [.solarize(addition: try number(a.addition), threshold: try number(a.threshold), range)]
        case "blur":
            return [
                .filter(
                    rows: GaussianFilter.weights(5, sigma: try number(a.rows)),
                    columns: GaussianFilter.weights(5, sigma: try number(a.columns)), .constant(0))
            ]
        default:
            Issue.record("no test knows \(name)")
            return []
        }
    }
}
