import Cognitron
import CognitronData
import CognitronImages
import Testing

@testable import CognitronPlots

@Suite("Sheets of pictures")
struct SheetTests {
    private func leNet(channels: Int = 1) throws -> Model {
        let model = Sequential([
            Input(12, 12, channels), Conv2D(5, kernelSize: 3, activation: .relu), MaxPooling2D(poolSize: 2),
            Conv2D(20, kernelSize: 3, activation: .relu), Flatten(), Dense(3, activation: .softmax),
        ])
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 1)
        return model
    }

    @Test("Filters in grey have a scale, those of colours none", arguments: [1, 2, 3])
    func filters(channels: Int) throws {
        let reader = try check(Plot.filters(of: try leNet(channels: channels)))
        #expect(reader.images.count == 5)
        #expect(reader.contents.contains("weight") == (channels != 3))
        #expect(reader.contents.contains { $0.hasPrefix("conv2d: 5 filters of 3 × 3 × \(channels)") })
    }

    @Test("The filters of another layer are found by its name, other names are refused")
    func filtersOfLayer() throws {
        let model = try leNet()
        #expect(try check(Plot.filters(of: model, layer: "conv2d_1", limit: 7)).images.count == 7)
        let error = try #require(throws: CognitronError.self) { try Plot.filters(of: model, layer: "dense") }
        #expect(error.expected == "one of conv2d, conv2d_1")
    }

    @Test("A filter's picture has its weights' colours")
    func filterColors() throws {
        let picture = Picture(
            map: Tensor([-1, 0, 1, .nan] as [Float], shape: [2, 2]), .diverging, range: -1...1)
        #expect(Array(picture.pixels[0..<3]) == [0x00, 0x45, 0x6E])
        #expect(Array(picture.pixels[3..<6]) == [255, 255, 255])
        #expect(Array(picture.pixels[6..<9]) == [0x80, 0x38, 0x00])
    }

    @Test("Feature maps have a section for each layer")
    func featureMaps() throws {
        let reader = try check(
            Plot.featureMaps(of: Tensor.randomUniform([12, 12, 1], seed: 1), in: try leNet()))
        // The input, 5 maps twice, and 16 of 20.
        #expect(reader.images.count == 1 + 5 + 5 + 16)
        #expect(reader.contents.contains { $0.hasPrefix("conv2d_1 (Conv2D): 16 of 20 maps of 3 × 3, 0 to") })
    }

    @Test("Misclassified pictures have truth and guess, the most certain first")
    func misclassified() throws {
        let predictions: Tensor = [[0.9, 0.1], [0.4, 0.6], [0.05, 0.95], [0.7, 0.3]]
        let plot = try Plot.misclassified(
            predictions, Tensor([0, 0, 0, 1]), classNames: ["cat", "dog"], of: "pets"
        ) { _ in Tensor.ones([1, 1, 1]) }
        let texts = try check(plot).contents
        #expect(texts.filter { $0.hasPrefix("not ") } == ["not dog", "not cat", "not dog"])
        #expect(texts.contains("(95 %)"))
        #expect(texts.contains { $0.hasPrefix("3 of 4 pictures of pets (75.00 %)") })
        let right = try Plot.misclassified([[1, 0]], Tensor([0])) { _ in Tensor.ones([1, 1, 1]) }
        #expect(try check(right).contents.contains { $0.hasPrefix("no mistakes among 1 ") })
    }

    @Test(
        "Explanations stand beside their pictures, with class and probability",
        arguments: [Plot.Explanation.gradCAM(), .saliency, .occlusion(size: 4)])
    func explanations(kind: Plot.Explanation) throws {
        let subjects = (0..<2).map {
            Plot.Subject(
                Tensor.randomUniform([12, 12, 1], seed: UInt64($0)), name: "picture \($0)", label: $0)
        }
        let plot = try Plot.explanation(kind, of: subjects, by: try leNet(), classNames: ["a", "b", "c"])
        let reader = try check(plot)
        #expect(reader.images.count == 4)
        #expect(reader.contents.contains("is a") && reader.contents.contains("picture 1"))
        #expect(reader.contents.contains { $0.contains(/^[abc] \d+ %$/) })
    }

    @Test("Pictures are stored as they are, small ones enlarged", arguments: [1, 28, 500])
    func storedPictures(size: Int) throws {
        let picture = Picture(
            height: size, width: size, channels: 3,
            pixels: (0..<size * size * 3).map { UInt8($0 * 37 % 251) })
        let sheet = PictureSheet("One", sections: [.init("", [.init(picture, caption: ["it"])])], side: 84)
        let reader = try check(sheet.plot())
        let stored = try PictureFile.read([UInt8](reader.images[0]))
        #expect(stored == picture.enlarged(by: Int((168 / Double(size)).rounded(.up))))
    }

    @Test("Masks colour the pixels of their classes, and boxes have names")
    func overlay() throws {
        let picture = Tensor.ones([4, 4, 3]) * 0.5
        var mask = Tensor.zeros([4, 4])
        mask[1, 2] = 1
        let plot = try Plot.overlay(
            [
                .init(
                    picture, mask: mask,
                    boxes: [BoxRow(left: 1, top: 1, right: 3, bottom: 4, label: 2), .none])
            ],
            classNames: ["ground", "circle", "square"])
        let reader = try check(plot)
        #expect(reader.contents.contains("circle") && reader.contents.contains("square"))
        let stored = try PictureFile.read([UInt8](reader.images[0]))
        let factor = stored.width / 4
        #expect(stored[0, 0, 0] == 128 && stored[0, 0, 2] == 128)
        #expect(stored[factor, 2 * factor, 2] > stored[factor, 2 * factor, 0])
        #expect(throws: CognitronError.self) { try Plot.overlay([.init(picture, mask: .zeros([2, 2]))]) }
    }

    @Test("Histograms of weights and outputs, side by side")
    func histograms() throws {
        let reader = try check(
            Plot.histograms(of: try leNet(), batch: Tensor.randomUniform([8, 12, 12, 1], seed: 2)))
        #expect(reader.contents.contains("conv2d: 45 weights") && reader.contents.contains("dense: output"))
        #expect(throws: CognitronError.self) { try Plot.histograms(of: Sequential([Input(2), ReLU()])) }
    }

    @Test("Samples in the plane have a colour for each class")
    func embedding() throws {
        let places = Tensor.randomNormal([30, 2], seed: 3)
        let plot = Plot.embedding(
            places, labels: Tensor((0..<30).map { $0 % 3 }), classNames: ["a", "b", "c"], title: "PCA")
        let reader = try check(plot)
        // The samples, and one of each class in the legend.
        #expect(reader.counts["circle"] == 33 && reader.contents.contains("b"))
    }

    @Test("More classes than marks are coloured in their order, and a note says so")
    func manyClasses() throws {
        let plot = Plot.embedding(
            Tensor.randomNormal([100, 2], seed: 3), labels: Tensor((0..<100).map { $0 % 50 }), title: "PCA",
            subtitle: "100 samples")
        #expect(plot.subtitle.hasPrefix("100 samples. 50 classes, more than marks: colours run"))
        let reader = try check(plot)
        #expect(reader.counts["circle"] == 105 && reader.counts["polygon"] == nil)
        #expect(reader.contents.contains("49") && !reader.contents.contains("48"))
        #expect(plot.svg.contains(ColorMap.viridis.text(1)) && plot.svg.contains(ColorMap.viridis.text(0)))
    }

    @Test("Masks that number boxes have the boxes' colours, and masks of classes a legend")
    func overlays() throws {
        let scenes = try PlotKind.overlay.plot(
            Dataset.shapesScenes.part(.train), samples: [0, 1, 2, 3, 4, 5])
        let drawn = try check(scenes)
        #expect(drawn.images.count == 6 && drawn.contents.contains("picture 5"))
        #expect((drawn.counts["rect"] ?? 0) > 2 * 6)
        let masks = try check(PlotKind.overlay.plot(Dataset.shapesMasks.part(.train), limit: 2))
        #expect(masks.images.count == 2 && Shapes.classNames.contains(where: masks.contents.contains))
        let digits = try Dataset.digits.part(.test)
        #expect(throws: CognitronError.self) { try PlotKind.overlay.plot(digits) }
        #expect(throws: CognitronError.self) { try PlotKind.confusion.plot(digits) }
        #expect(try check(PlotKind.pixels.plot(digits, samples: [3])).contents.contains("Grey"))
    }
}
