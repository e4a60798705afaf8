import Cognitron
import CognitronKernels
import Foundation
import Synchronization

/// A node of an ONNX file that no other layer of this package computes.
///
/// It predicts; it has no gradients, so that training a model that contains one ends with an error that names
/// it. Model files can contain it once `ONNXOperator.register()` was called.
public final class ONNXOperator: AnyLayer, Codable {
    /// An input of the node: one of the layer's inputs, or a constant.
    struct Source: Codable, Sendable {
        /// For an input of the layer, the axes in the node's order; nil for a constant.
        var order: [Int]?
        var type = ElementType.float
        /// The shape of a constant; nil of an input that the node does not have.
        var shape: [Int]?
        /// The numbers of a small constant, and what they grow by for each sample. Large ones are parameters.
        var values: Data?
        var growth: Data?
        /// The axis of a constant that is repeated for each sample; the constant holds one sample's rows.
        var repeatedAxis: Int?
    }

    public let name: String?
    /// The operator's name in ONNX.
    public var operatorType: String { node.type }
    public let outputCount: Int
    public var parameters: [Parameter] { constants.sorted { $0.key < $1.key }.map(\.value) }

    let node: ONNXNode
    let sources: [Source]
    /// For each output, the node's axes in the layer's order.
    private let outputOrders: [[Int]]
    /// The rows of the first input for each sample: more than 1 where axes were joined with the batch.
    private let rowsPerSample: Int
    /// The large constants, by the number of their input.
    let constants: [Int: Parameter]
    private let known = Mutex<[[Shape]: [Shape]]>([:])

    init(
        _ node: ONNXNode, _ sources: [Source], outputOrders: [[Int]], rowsPerSample: Int, name: String?
    ) {
        (self.node, self.sources, self.outputOrders) = (node, sources, outputOrders)
        (self.rowsPerSample, self.name) = (rowsPerSample, name)
        outputCount = outputOrders.count
        constants = sources.enumerated().reduce(into: [:]) { constants, source in
            if source.element.shape != nil, source.element.values == nil {
                constants[source.offset] = Parameter()
            }
        }
    }

    /// Lets model files contain the layer.
    public static func register() { LayerRegistry.register(ONNXOperator.self) }

    // MARK: - In files

    private enum CodingKeys: CodingKey { case node, opset, sources, outputOrders, rowsPerSample, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let proto = try Onnx_NodeProto(serializedBytes: try container.decode(Data.self, forKey: .node))
        let node = ONNXNode(proto: proto, opset: try container.decode(Int.self, forKey: .opset))
        self.init(
            node, try container.decode([Source].self, forKey: .sources),
            outputOrders: try container.decode([[Int]].self, forKey: .outputOrders),
            rowsPerSample: max(1, try container.decode(Int.self, forKey: .rowsPerSample)),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let data: Data = try node.proto.serializedBytes()
        try container.encode(data, forKey: .node)
        try container.encode(node.opset, forKey: .opset)
        try container.encode(sources, forKey: .sources)
        try container.encode(outputOrders, forKey: .outputOrders)
        try container.encode(rowsPerSample, forKey: .rowsPerSample)
        try container.encodeIfPresent(name, forKey: .name)
    }

    // MARK: - Running

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { nil }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try declareConstants(context)
        if let shapes = known.withLock({ $0[inputs] }) { return shapes }
        // The shapes follow from a run on zeros, for two samples.
        let rows = 2 * rowsPerSample
        do {
            let shapes = try OperatorCall.probing {
                if let shapes = try knownShapes(inputs, rows) { return shapes }
                let outputs = try run(inputs.map { .zeros(try OperatorCall.shape([rows] + Array($0))) })
                return outputs.map { Shape($0.shape.dropFirst()) }
            }
            known.withLock { $0[inputs] = shapes }
            return shapes
        } catch let problem as ImportProblem {
            throw context.error(.shape, "ONNX's \(node.type) does not take its input: \(problem)")
        }
    }

    /// The shapes that follow without a run.
    private func knownShapes(_ inputs: [Shape], _ rows: Int) throws -> [Shape]? {
        var rest = inputs[...]
        let shapes = try sources.map { source -> Shape? in
            if let shape = source.shape {
                return Shape(shape.enumerated().map { $0 == source.repeatedAxis ? 2 * $1 : $1 })
            }
            guard let order = source.order else { return nil }
            guard let input = rest.popFirst()?.batched(rows), order.count == input.rank,
                order.allSatisfy(input.indices.contains)
            else { throw ImportProblem("an input is missing or has other axes") }
            return Shape(order.map { input[$0] })
        }
        guard let output = try OperatorShapes.known(node, shapes), outputOrders.count == 1,
            outputOrders[0].sorted() == Array(output.indices)
        else { return nil }
        return [Shape(outputOrders[0].map { output[$0] }.dropFirst())]
    }

    func declareConstants(_ context: BuildContext) throws {
        for (number, parameter) in constants {
            try context.declare(
                parameter, "constant_\(number)", Shape(sources[number].shape ?? []), .zeros, isStatistic: true
            )
        }
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        require(
            !pass.needsPullback,
            "\(name ?? node.name): ONNX's \(node.type) predicts and has no gradients: train where the file "
                + "is from, or layers of your own behind it")
        do { return (try run(inputs), { $0 }) } catch {
            fail("\(name ?? node.name): ONNX's \(node.type): \(error)")
        }
    }

    /// - Parameter inputs: in the layer's order.
    private func run(_ inputs: [Tensor]) throws -> [Tensor] {
        let samples = inputs.first.map { $0.shape[0] / rowsPerSample } ?? 1
        var rest = inputs[...]
        let values = try sources.enumerated().map { number, source -> ONNXTensor? in
            guard let order = source.order else { return try constant(number, source, samples) }
            guard let input = rest.popFirst(), order.count == input.rank,
                order.sorted() == Array(0..<input.rank)
            else { throw ImportProblem("an input is missing or has other axes") }
            return ONNXTensor(order == Array(order.indices) ? input : input.permuted(order), source.type)
        }
        let outputs = try Operators.run(node, values)
        return try outputOrders.enumerated().map { number, order in
            guard outputs.indices.contains(number), order.sorted() == Array(0..<outputs[number].rank) else {
                throw ImportProblem("output \(number + 1) is missing or has other axes")
            }
            let output = outputs[number].tensor
            return order == Array(order.indices) ? output : output.permuted(order)
        }
    }
}

extension ONNXOperator {
    /// A constant for so many samples; nil for an input that the node does not have.
    private func constant(_ number: Int, _ source: Source, _ samples: Int) throws -> ONNXTensor? {
        guard let shape = source.shape else { return nil }
        guard var value = try source.values.map({ try Self.tensor($0, shape) }) ?? constants[number]?.value
        else {
            return nil
        }
        if let growth = source.growth { value = value + (try Self.tensor(growth, shape)) * Float(samples) }
        if let axis = source.repeatedAxis, value.shape.indices.contains(axis) {
            value = value.tiled(value.shape.indices.map { $0 == axis ? samples : 1 })
        }
        return ONNXTensor(value, source.type)
    }

    private static func tensor(_ data: Data, _ shape: [Int]) throws -> Tensor {
        guard let tensor = Tensor(data, shape) else { throw ImportProblem("a constant has the wrong size") }
        return tensor
    }
}

extension Tensor {
    /// The floats' bytes, which also hold what JSON has no number for.
    var bytes: Data { withUnsafeScalars { Data(buffer: $0) } }

    fileprivate init?(_ bytes: Data, _ sizes: [Int]) {
        guard sizes.allSatisfy({ $0 >= 0 }), let count = Shape(sizes).checkedElementCount,
            bytes.count == 4 * count
        else { return nil }
        let scalars = bytes.withUnsafeBytes { raw in
            (0..<count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        self.init(scalars, shape: Shape(sizes))
    }
}

extension OperatorCall {
    /// The largest number of elements that a value has while a shape is worked out on zeros.
    static let largestProbe = 1 << 25

    /// Runs what works out shapes on zeros: their number is bounded.
    static func probing<Result>(_ body: () throws -> Result) rethrows -> Result {
        try $largestCount.withValue(largestProbe) { try body() }
    }
}
