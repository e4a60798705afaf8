import CognitronKernels
import Testing

@testable import Cognitron

/// Scripts/fixtures/augmentation.py says how the file was made.
///
/// Values are 0…255, so 2 × 10⁻³ allows some hundred roundings of 32-bit numbers.
@Suite("Changes of a photograph give what Keras's layers and torchvision's functions give")
struct AugmentationGoldenTests {
    private struct Arguments: Decodable {
        var mode: FillMode?
        var degrees, rows, columns, down, right, x, y, delta, factor, addition, threshold: Float?
        var corners: [[Float]]?
        /// Pixels at the edges that are not compared, and the largest difference.
        var inset: Int?
        var most: Float?
    }

    private struct Rectangle: Decodable {
        let rows, columns: [Int]
        let value: Float
    }

    private static let cases = try! GoldenCase.all("augmentation")
    private static let torchvision = "torchvision-"
    /// Cases with tests of their own.
    private static let others = ["picture", "picture-grey", "elastic", "erasing", "mixup", "cutmix"]

    private static func picture(_ name: String = "picture") throws -> Tensor {
        try #require(cases.first { $0.name == name })["x"]
    }

    private static func isOther(_ golden: GoldenCase) -> Bool {
        others.contains(String(golden.name.trimmingPrefix(torchvision)))
    }

    @Test("With the numbers that the layer would draw", arguments: cases.filter { !isOther($0) })
    func change(_ golden: GoldenCase) throws {
        let arguments: Arguments = try golden.configuration()
        let expected = try golden["output"]
        let picture = try Self.picture(expected.shape[3] == 1 ? "picture-grey" : "picture")
        let size = ImageSize(picture.shape[1], picture.shape[2], channels: picture.shape[3])
        let name = String(golden.name.trimmingPrefix(Self.torchvision))
        let changes = try Self.changes(name, arguments, size, isKeras: name == golden.name)
        let output = Self.changed(picture, changes).inside(arguments.inset ?? 0)
        expectClose(output, expected, golden.name, absolute: arguments.most ?? 2e-3)
    }

    private static func changed(_ picture: Tensor, _ changes: [ImageChange]) -> Tensor {
        picture.changingImages(RandomKey(seed: 1)) { _, _ in changes }
    }

    @Test("Keras's elastic distortion of the same noise; torchvision's of the same displacements")
    func elastic() throws {
        let picture = try Self.picture()
        let (height, width) = (picture.shape[1], picture.shape[2])
        for golden in Self.cases where golden.name.hasSuffix("elastic") {
            let (down, right) = (try golden["down"].scalars, try golden["right"].scalars)
            let warp: Warp?
            if golden.name == "elastic" {
                let scale = try #require(try golden.configuration(Arguments.self).factor)
                var noise = (down + right).makeIterator()
                warp = .elastic(scale: scale, height: height, width: width, fillMode: .nearest) {
                    noise.next() ?? .nan
                }
            } else {
                warp = .displacement(rows: down, columns: right)
            }
            let output = Self.changed(picture, [.warp(try #require(warp).kernel())])
            expectClose(output, try golden["output"], golden.name, absolute: 2e-3)
        }
    }

    @Test("The erased rectangle", arguments: cases.filter { $0.name.hasSuffix("erasing") })
    func erasing(_ golden: GoldenCase) throws {
        let it = try golden.configuration(Rectangle.self)
        let change = ImageChange.erase(
            rows: it.rows[0]..<it.rows[1], columns: it.columns[0]..<it.columns[1], .values([it.value]))
        expectClose(
            Self.changed(try Self.picture(), [change]), try golden["output"], golden.name, absolute: 2e-3)
    }

    @Test(
        "Two pictures and their classes mixed",
        arguments: cases.filter { ["mixup", "cutmix"].contains($0.name) })
    func mixing(_ golden: GoldenCase) throws {
        let classes: [Float] = [1, 0, 0, 1]
        let shares = try golden["shares"]
        let pictureShares = golden.tensors["mask"] ?? shares.leading(rank: 4)
        let (outputs, _) = MixUp(mixesTargets: true).mixed(
            [try golden["x"], Tensor(classes, shape: [2, 2])], [1, 0],
            shares: [pictureShares, shares.leading(rank: 2)])
        expectClose(outputs[0], try golden["output"], golden.name, absolute: 2e-3)
        expectClose(outputs[1], try golden["labels"], golden.name)
    }

    private static func changes(
        _ name: String, _ a: Arguments, _ size: ImageSize, isKeras: Bool
    ) throws -> [ImageChange] {
        let range: ClosedRange<Float> = 0...255
        let (height, width) = (size.height, size.width)
        func number(_ value: Float?) throws -> Float { try #require(value) }
        let mode: FillMode = isKeras ? .reflect : .constant
        func warp(_ warp: Warp, isNearest: Bool = false) -> [ImageChange] {
            [.warp(warp.kernel(isNearest: isNearest))]
        }
        switch name {
        case _ where name.hasPrefix("rotation"):
            return warp(
                .rotation(
                    degrees: try number(a.degrees), height: height, width: width, fillMode: a.mode ?? mode,
                    fillValue: isKeras ? 7 : 0
                ),
                isNearest: name.hasSuffix("pixel"))
        case "zoom":
            return warp(
                .zoom(
                    rows: try number(a.rows), columns: try number(a.columns), height: height, width: width,
                    fillMode: mode))
        case "translation":
            return warp(
                .projective(
                    (1, 0, -(try number(a.right))), (0, 1, -(try number(a.down))), fillMode: .reflect))
        case "shear":
            let (x, y) = (try number(a.x), try number(a.y))
            return warp(
                isKeras
                    ? .projective((1, x, 0), (y, 1, 0), fillMode: mode)
                    : .shear(x: x, y: y, height: height, width: width))
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

extension Tensor {
    /// The images (N, H, W, C) without so many pixels at each edge.
    fileprivate func inside(_ inset: Int) -> Tensor {
        guard inset > 0 else { return self }
        let (height, width) = (shape[1] - 2 * inset, shape[2] - 2 * inset)
        let all = self.scalars
        let scalars = (0..<height).flatMap { row in
            (0..<width * shape[3]).map { all[((row + inset) * shape[2] + inset) * shape[3] + $0] }
        }
        return Tensor(scalars, shape: [1, height, width, shape[3]])
    }
}
