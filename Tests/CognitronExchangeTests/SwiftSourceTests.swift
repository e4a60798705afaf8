import Cognitron
import CognitronExchange
import Foundation
import Testing

@Suite("Models as Swift source")
struct SwiftSourceTests {
    /// Layers of every kind that is known, with branches.
    static func network() throws -> Model {
        let input = Input(11, 9, 2)
        var x = Conv2D(6, kernelSize: [3, 2], padding: .same, activation: .relu)(input)
        x = BatchNormalization()(x)
        let left = MaxPooling2D(poolSize: 3, strides: 2, padding: .same)(x)
        let right = AveragePooling2D(poolSize: 3, strides: 2, padding: .same)(x)
        x = Concatenate()(Add()(left, right), DepthwiseConv2D(kernelSize: 3, padding: .same)(left))
        x = Conv2D(4, kernelSize: 2, strides: 2, groups: 2, activation: .tanh)(x)
        let means = GlobalAveragePooling2D()(x)
        let maxima = GlobalMaxPooling2D()(x)
        x = Dense(7, activation: .sigmoid)(Flatten()(x))
        x = Concatenate()(Dropout(0.3)(x), means, maxima)
        return try Model(
            inputs: [input], outputs: [Dense(3, activation: .softmax)(Rescaling(0.5, offset: 1)(x))])
    }

    @Test("A compiled file predicts what the model does", .timeLimit(.minutes(3)))
    func prediction() throws {
        let folder = try Folder()
        let model = try Self.network()
        model.metadata["task"] = #"{"classification":{"classNames":["a","b","c"]}}"#
        _ = model.forward(.randomNormal([4, 11, 9, 2], seed: 3), .training)
        try model.export(swift: folder.file("small-net.swift"))
        let text = try String(contentsOfFile: folder.file("small-net.swift"), encoding: .utf8)
        #expect(text.contains("public struct SmallNet"))
        let build = try Self.run(
            "/usr/bin/env",
            [
                "swiftc", "-parse-as-library", "-D", "SELF_TEST", folder.file("small-net.swift"), "-o",
                folder.file("test"),
            ])
        #expect(build.status == 0, "\(build.output)")
        let test = try Self.run(folder.file("test"), [folder.file("small-net.weights")])
        #expect(test.status == 0, "\(test.output)")
        // Other weights give other predictions.
        let url = URL(fileURLWithPath: folder.file("small-net.weights"))
        var bytes = try Data(contentsOf: url)
        for place in 0..<200 { bytes[4 * place + 3] ^= 0x80 }
        try bytes.write(to: url)
        #expect(try Self.run(folder.file("test"), [url.path]).status == 1)
    }

    @Test("Layers that it does not know are named, all of them")
    func unknown() throws {
        let folder = try Folder()
        let model = Sequential([
            Input(5, 8), LSTM(4, returnSequences: true), LayerNormalization(), Dense(2, activation: .gelu),
        ])
        let error = fileError { try model.export(swift: folder.file("a.swift")) }
        #expect(error?.problem.contains("LSTM") == true)
        #expect(error?.problem.contains("LayerNormalization") == true)
        #expect(error?.problem.contains("activation function") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("a.swift")))
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> (
        status: Int32, output: String
    ) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
