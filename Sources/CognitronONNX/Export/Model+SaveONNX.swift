import Cognitron
import Foundation

extension Model {
    /// Writes the model to an ONNX file (opset 17), as it predicts: dropout and the like are left out.
    ///
    /// Inputs and outputs keep their shapes, channels last; inside, convolutions work channels first, with
    /// transpositions only where the layout changes. The batch and free axes are dynamic. Texts in
    /// `metadata`, such as class names, become the file's metadata.
    ///
    /// - Throws: `CognitronError` where the model is not built, has layers that ONNX cannot express (all are
    ///   listed), or the file cannot be written.
    public func save(onnx path: String) throws {
        let data: Data = try onnxProto().serializedBytes()
        try AtomicFile.write(data, to: path)
    }

    /// The model as the message that an ONNX file holds.
    func onnxProto() throws -> Onnx_ModelProto {
        let name = name ?? "model"
        try requireParameters()
        let (sizes, shapes) = (declaredInputSizes ?? [], valueShapes ?? [])
        let exporter = ModelExporter()
        let standIns = graph.inputs.map { shapes[$0] }
        let names = inputNames
        let inputs = sizes.indices.map { number in
            ExportedValue(
                (standIns[number], Shape(zip(sizes[number], standIns[number]).map { $0 ?? 2 * $1 })),
                channelsLast: exporter.writer.unique(names[number]))
        }
        let outputs = try exporter.export(self, inputs, path: "")
        guard exporter.problems.isEmpty else {
            throw CognitronError(
                .model, name,
                "has layers that ONNX cannot express:\n  " + exporter.problems.joined(separator: "\n  ")
                    + "\n", advice: "save it as safetensors, or take these layers out")
        }
        return proto(exporter.writer, inputs: zip(names, inputs).map { ($0, $1) }, outputs: outputs)
    }

    /// The names of the inputs: those of their `Input`s, else `input`, numbered.
    private var inputNames: [String] {
        graph.inputs.indices.map { graph.inputs.count == 1 ? "input" : "input_\($0 + 1)" }
    }

    private func proto(
        _ writer: GraphWriter, inputs: [(name: String, value: ExportedValue)], outputs: [ExportedValue]
    ) -> Onnx_ModelProto {
        var graph = Onnx_GraphProto()
        graph.name = name ?? "model"
        graph.input = inputs.map { Self.info($0.name, $0.value) }
        var renamed: [String: String] = [:]
        writer.scope = ""
        for (outputName, output) in zip(outputNames, outputs) {
            let value = output.channelsLast(writer)
            let name = writer.unique(outputName)
            if renamed[value] == nil, writer.rename(value, to: name) {
                renamed[value] = name
            } else {
                // An input, or what is an output already.
                _ = writer.rename(writer.node("Identity", renamed[value] ?? value), to: name)
            }
            graph.output.append(Self.info(name, output))
        }
        graph.node = writer.nodes
        graph.initializer = writer.initializers
        var model = Onnx_ModelProto()
        model.irVersion = 8
        model.producerName = "Cognitron"
        var opset = Onnx_OperatorSetIdProto()
        opset.version = 17
        model.opsetImport = [opset]
        model.graph = graph
        model.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
            var entry = Onnx_StringStringEntryProto()
            (entry.key, entry.value) = (key, value)
            return entry
        }
        return model
    }

    private static func info(_ name: String, _ value: ExportedValue) -> Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        info.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
        info.type.tensorType.shape.dim = value.sizes.enumerated().map { axis, size in
            var dimension = Onnx_TensorShapeProto.Dimension()
            if let size {
                dimension.dimValue = Int64(size)
            } else {
                dimension.dimParam = axis == 0 ? "N" : "\(name)_\(axis)"
            }
            return dimension
        }
        return info
    }
}
