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

    /// A picture of 3×2 pixels in colours, as far as its header.
    private let png = Data(
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + [0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0])

    /// Adds a picture after each epoch.
    private final class Painter: Callback {
        private let board: TensorBoard
        private let png: Data

        init(board: TensorBoard, png: Data) { (self.board, self.png) = (board, png) }

        func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
            try board.addImage("picture", png: png, step: epoch)
        }
    }

    /// A training of a network with an inner one, with everything that is written.
    private func fitAll() throws {
        let board = TensorBoard(
            folder.file("logs"), histogramFreq: 1,
            hyperparameters: ["units": 3, "rate": 0.5, "optimizer": "sgd", "nesterov": false])
        let inner = Sequential([Input(2), Dense(3, name: "first"), Dense(2, name: "second")], name: "inner")
        let (x, shared) = (Input(2), Dense(2, name: "shared"))
        let model = try Model(inputs: x, outputs: Add(name: "sum")(shared(inner(x)), shared(x)))
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let values = Tensor.randomNormal([4, 2], seed: 1)
        try model.fit(
            values, values, epochs: 2, callbacks: [board, Painter(board: board, png: png)], verbose: .silent)
    }

    @Test("The graph names layers by their paths, once for each use; pictures and hyper-parameters follow")
    func graphs() throws {
        try fitAll()
        let training = try events("train")
        #expect(training[0].version != nil)
        let graph = try #require(training[1].graph)
        #expect(graph.first == ["input", "Placeholder"])
        #expect(graph.contains(["inner/first", "Dense", "inner/input"]))
        #expect(graph.contains { $0.first == "inner/second" && $0.last == "inner/first" })
        #expect(graph.filter { $0[0].hasPrefix("shared") }.map { $0[0] } == ["shared", "shared_1"])
        #expect(graph.last?.prefix(2) == ["sum", "Add"] && graph.last?.count == 4)
        let images = training.filter { $0.image != nil }
        #expect(images.map(\.step) == [1, 2] && images.allSatisfy { $0.tag == "picture" })
        #expect(images[0].image?.sizes == [2, 3, 3] && images[0].image?.file == [UInt8](png))
        let plugins = training.compactMap(\.plugin)
        #expect(
            plugins.map(\.name) == ["hparams", "hparams"] && plugins.map { $0.fields[0].field } == [3, 4])
        let values = try Event.fields(plugins[0].fields[0].content).filter { $0.field == 1 }
        let names = try values.map {
            String(decoding: try Event.fields($0.content)[0].content, as: UTF8.self)
        }
        #expect(names == ["units", "rate", "optimizer", "nesterov"])
    }

    @Test("Without a graph there is none")
    func noGraph() throws {
        _ = try fit(TensorBoard(folder.file("logs"), writeGraph: false))
        #expect(try events("train").allSatisfy { $0.graph == nil && $0.plugin == nil })
    }

    /// The Python of Scripts/compare-peers.sh, where it can import TensorBoard.
    private static let python: String? = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
        let path = "\(environment["COGNITRON_PEERS"] ?? "\(cache)/cognitron/peers")/bin/python"
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        return (try? run(path, ["-c", "import tensorboard"])) == nil ? nil : path
    }()

    private static func run(_ program: String, _ arguments: [String]) throws -> Data {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CognitronError(.file, program, "fails", got: "\(process.terminationStatus)")
        }
        return output
    }

    @Test("TensorBoard itself reads the files", .enabled(if: python != nil))
    func tensorboard() throws {
        struct Report: Decodable {
            enum Value: Decodable, Equatable {
                case number(Double), text(String), flag(Bool)

                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let flag = try? container.decode(Bool.self) {
                        self = .flag(flag)
                    } else if let number = try? container.decode(Double.self) {
                        self = .number(number)
                    } else {
                        self = .text(try container.decode(String.self))
                    }
                }
            }
            var scalars: [String: [Float]]
            var histograms: [String: [Float]]
            var images: [String: [[Int]]]
            var graph: [[String]]
            var hyperparameters: [String: Value]
            var status: Int
        }
        try fitAll()
        let script = SourceTree.package.appending(path: "Scripts/read-events.py").path
        let output = try Self.run(try #require(Self.python), [script, folder.file("logs/train")])
        let report = try JSONDecoder().decode(Report.self, from: output)
        #expect(report.scalars["epoch_loss"]?.count == 2)
        #expect(report.histograms["shared/kernel/histogram"] == [4, 4])
        #expect(report.images == ["picture": [[1, 3, 2], [2, 3, 2]]])
        #expect(report.graph.last?.first == "sum")
        #expect(
            report.hyperparameters == [
                "units": .number(3), "rate": .number(0.5), "optimizer": .text("sgd"),
                "nesterov": .flag(false),
            ])
        #expect(report.status == 1)
    }

    @Test("A picture that is none, or of no training, is refused")
    func badPictures() {
        let board = TensorBoard(folder.file("logs"))
        let cut = errorText { try board.addImage("picture", png: png.prefix(25), step: 1) }
        #expect(cut.contains("expected the bytes of a PNG file, got 25 other bytes"), "\(cut)")
        let early = errorText { try board.addImage("picture", png: png, step: 1) }
        #expect(early.contains("is a picture of no training"), "\(early)")
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
