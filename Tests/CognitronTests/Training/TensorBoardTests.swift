import Foundation
import Testing

@testable import Cognitron

/// The event files are read by a small decoder of their format, written from the protobuf documentation.
@Suite("TensorBoard")
struct TensorBoardTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("CRC-32C has the sums of RFC 3720")
    func checksums() {
        #expect(CRC32C.sum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.sum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.sum(Array(0..<32)) == 0x46DD_794E)
        #expect(CRC32C.sum(Array("123456789".utf8)) == 0xE306_9283)
    }

    @Test("A histogram counts every finite element once")
    func histograms() {
        let histogram = Histogram(Tensor([0, 1, 2, 3, 3, 0.05, .nan, .infinity] as [Float]))
        #expect(histogram.count == 6 && histogram.counts.reduce(0, +) == 6)
        #expect((histogram.least, histogram.greatest) == (0, 3) && histogram.limits.last == 3)
        #expect(histogram.counts[0] == 2 && histogram.counts[10] == 1 && histogram.counts[29] == 2)
        #expect(histogram.sum == 9 + Double(Float(0.05)))
        #expect(Histogram([2, 2]).counts == [2] && Histogram([2, 2]).limits == [2])
        #expect(Histogram(Tensor([Float.nan])).count == 0)
    }

    private func fit(_ board: TensorBoard, epochs: Int = 2) throws -> (Model, History) {
        let model = Sequential([Input(2), Dense(1, name: "d")])
        try model.compile(optimizer: SGD(learningRate: 0.25), loss: .meanSquaredError, seed: 1)
        let (x, y) = (Tensor.randomNormal([8, 2], seed: 1), Tensor.randomNormal([8, 1], seed: 2))
        let history = try model.fit(
            x, y, batchSize: 4, epochs: epochs, validationData: (x, y), callbacks: [board], verbose: .silent)
        return (model, history)
    }

    private func events(_ part: String) throws -> [Event] {
        try Event.read(folder: folder.file("logs/\(part)"))
    }

    @Test("Scores have Keras's tags, in the folders of training and validation")
    func scalars() throws {
        let (_, history) = try fit(
            TensorBoard(folder.file("logs"), writeStepsPerSecond: true, updateFreq: .batch))
        let training = try events("train")
        #expect(training[0].version == "brain.Event:2" && training[0].time > 1.7e9)
        func values(_ tag: String, _ events: [Event]) -> [Float] {
            events.filter { $0.tag == tag }.compactMap(\.value)
        }
        #expect(values("epoch_loss", training) == history.loss)
        #expect(values("epoch_loss", try events("validation")) == history["val_loss"])
        #expect(values("epoch_learning_rate", training) == [0.25, 0.25])
        #expect(values("epoch_steps_per_second", training).allSatisfy { $0 > 0 })
        let batches = training.filter { $0.tag == "batch_loss" }
        #expect(batches.map(\.step) == [1, 2, 3, 4] && batches[1].value == history.loss[0])
        #expect(training.filter { $0.tag == "epoch_loss" }.map(\.step) == [1, 2])
    }

    @Test("Histograms hold the weights' ranges and counts")
    func weights() throws {
        let (model, _) = try fit(
            TensorBoard(folder.file("logs"), histogramFreq: 2, updateFreq: .steps(3)), epochs: 3)
        let training = try events("train")
        #expect(training.filter { $0.tag == "batch_loss" }.map(\.step) == [3, 6])
        let histograms = training.filter { $0.histogram != nil }
        #expect(histograms.map(\.tag) == ["d/kernel/histogram", "d/bias/histogram"])
        #expect(histograms.map(\.step) == [2, 2])
        let kernel = try #require(histograms[0].histogram)
        #expect(kernel[3] == [2] && kernel[7]?.reduce(0, +) == 2 && kernel[6]?.count == kernel[7]?.count)
        #expect(kernel[1]?[0] ?? 9 <= kernel[2]?[0] ?? -9)
        #expect(model.parameters.count == 2)
    }

    @Test("Invalid arguments are refused when training begins")
    func arguments() throws {
        let file = folder.file("file")
        try Data().write(to: URL(fileURLWithPath: file))
        for board in [
            TensorBoard(folder.file("logs"), histogramFreq: -1),
            TensorBoard(folder.file("logs"), updateFreq: .steps(0)),
            TensorBoard("\(file)/logs"),
        ] {
            #expect(!errorText { _ = try fit(board) }.isEmpty)
        }
    }
}
