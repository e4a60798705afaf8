import CognitronModels
import Foundation
import Testing

@testable import Cognitron
@testable import CognitronONNX

@Suite("Networks written to ONNX and read again predict the same")
struct RoundTripTests {
    static let networks = [
        "lenet", "lenet5", "vgg-lite", "resnet18", "mobilenet-v2:0.25", "densenet-bc-10-4", "unet", "segnet",
        "mlp",
        "sentiment", "tagger",
    ]

    @Test(arguments: networks)
    func network(_ name: String) throws {
        guard let network = try? ModelName(named: name) else { return }
        let model = try ExportTableTests.smallest(network)
        ExportTableTests.initialize(model)
        try Self.expectEqual(model, ExportTableTests.inputs(of: model))
    }

    /// - Returns: the model that was read.
    @discardableResult
    static func expectEqual(_ model: Model, _ inputs: [Tensor]) throws -> Model {
        let folder = try TemporaryFolder()
        let path = folder.file("model.onnx")
        try model.save(onnx: path)
        let sizes = try ExportTableTests.freeSizes(of: path, inputs)
        let read = try Model.load(onnx: path, sizes: sizes)
        for (a, b) in zip(try model.predict(inputs), try read.predict(inputs)) {
            #expect(a.shape == b.shape)
            #expect(
                a.isClose(to: b, absolute: 1e-4, relative: 1e-3), "differs by \(a.maximumDifference(from: b))"
            )
        }
        // Another number of samples than the file was worked out for.
        let more = inputs.map { Tensor.concatenated([$0, $0, $0], axis: 0) }
        #expect(try read.predict(more)[0].shape[0] == 3 * inputs[0].shape[0])
        return read
    }

    @Test("A network of convolutions comes back as this package's layers alone")
    func layers() throws {
        let model = Sequential {
            Input(12, 12, 3)
            Conv2D(4, kernelSize: 3, padding: .same)
            BatchNormalization()
            ReLU()
            MaxPooling2D(poolSize: 2)
            Conv2D(6, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
            GlobalAveragePooling2D()
            Dense(5, activation: .softmax)
        }
        try model.build([12, 12, 3])
        ExportTableTests.initialize(model)
        let read = try Self.expectEqual(model, [.randomNormal([2, 12, 12, 3], seed: 1)])
        let types = read.layers.map(\.typeName)
        #expect(!types.contains("ONNXOperator") && !types.contains("Permute"), "\(types)")
        #expect(read.parameterCount == model.parameterCount)
    }
}
