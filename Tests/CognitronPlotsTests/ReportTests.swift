import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronPlots

@Suite("Reports of trainings")
struct ReportTests {
    private static let chromium = ["chromium", "chromium-browser", "google-chrome"].compactMap { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }.first

    /// A small network trained on drawn shapes, and the request for its report.
    private static func request() throws -> PlotRequest {
        let shapes = Shapes.make(count: 160, seed: 1, size: 16)
        let model = Sequential([
            Input(shape: shapes.images.shape.sample), Conv2D(6, kernelSize: 5, activation: .relu),
            MaxPooling2D(poolSize: 2), Conv2D(8, kernelSize: 3, activation: .relu), Flatten(),
            Dense(shapes.classNames.count, activation: .softmax),
        ])
        try model.compile(
            optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
        let history = try model.fit(
            shapes.images, shapes.labels, batchSize: 32, epochs: 3, validationSplit: 0.25, verbose: .silent)
        return PlotRequest(
            model, name: "small & <quick>", classNames: shapes.classNames, history: { history },
            data: { DatasetPart(shapes.prefix(60)) }, fresh: { (model, DatasetPart(shapes)) })
    }

    @Test(
        "Every kind of plot can be drawn of a classifier of pictures but those for other networks"
    )
    func everyKind() throws {
        var request = try Self.request()
        request.limit = 20
        let others: [PlotKind] = [
            .overlay, .generated, .reconstructions, .interpolation, .latent, .latentGrid, .detections,
            .precisionRecall,
        ]
        for kind in PlotKind.registered where !others.contains(kind) {
            let plot = try kind.plot(request)
            try check(plot)
            #expect(!plot.title.isEmpty, "\(kind)")
        }
        let error = try #require(throws: CognitronError.self) { try PlotKind.overlay.plot(request) }
        #expect(error.problem == "has no masks or boxes")
    }

    @Test("An unknown kind is answered with the known ones")
    func unknownKind() throws {
        let error = try #require(throws: CognitronError.self) { try PlotKind(named: "confusoin") }
        #expect(error.advice == "did you mean confusion?")
    }

    @Test("A browser shows the report's charts and their numbers", .enabled(if: chromium != nil))
    func browser() throws {
        let request = try Self.request()
        let report = try TrainingReport(request, facts: [("Optimizer", "Adam")])
        #expect(report.missing.isEmpty)
        let folder = try TemporaryFolder()
        try report.write(to: folder.path("report.html"))
        let page = try Self.open(folder.path("report.html"))
        #expect(page.matches(of: #/<svg /#).count == report.plots.count)
        #expect(page.contains("<h1>Training of small &amp; &lt;quick&gt;</h1>"))
        for (name, values) in report.history.scores {
            for value in values {
                let text = Double(value).text(isShare: name.hasSuffix("accuracy"), digits: 5)
                #expect(page.contains("<td class=\"number\">\(text)</td>"), "\(name)")
            }
        }
        let last = Double(try #require(report.history["val_accuracy"].last))
        #expect(page.contains("validation (last \(last.percent(2)))"))
        #expect(page.contains("<td>\(last.percent(2))</td>"))
        #expect(page.contains("<td>Adam</td>"))
        for kind in [
            "Confusion matrix", "Misclassified", "Grad-CAM", "Filters", "Feature maps", "ROC curves",
        ] {
            #expect(page.contains("<h2>\(kind)"), "\(kind)")
        }
        #expect(!page.contains("http"), "the page asks for another file")
    }

    @Test("A network without pictures has a report too, which names what is left out")
    func withoutPictures() throws {
        let model = Sequential([Input(2), Dense(2, activation: .softmax)])
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 1)
        let x = Tensor.randomNormal([20, 2], seed: 1)
        let y = Tensor((0..<20).map { $0 % 2 })
        let history = try model.fit(x, y, epochs: 1, verbose: .silent)
        let part = try DatasetPart(
            name: "points", task: .classification(classNames: ["a", "b"]), inputShape: [2],
            source: SampleSource(x, y))
        let report = try TrainingReport(
            PlotRequest(
                model, name: "points", classNames: ["a", "b"], history: { history }, data: { part },
                fresh: { (model, part) }))
        #expect(report.plots.map(\.title).contains("Confusion matrix of points on points"))
        #expect(report.missing.map(\.kind) == ["misclassified", "grad-cam", "filters", "feature-maps"])
        #expect(report.html.contains("<li>grad-cam: "))
    }

    /// The page after Chromium has built it.
    private static func open(_ path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(chromium))
        let output = path + ".dom"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(path).profile", "--dump-dom",
            "file://\(path)",
        ]
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        let watchdog = DispatchWorkItem { [identifier = process.processIdentifier] in
            kill(identifier, SIGKILL)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
        process.waitUntilExit()
        watchdog.cancel()
        return try String(contentsOfFile: output, encoding: .utf8)
    }
}
