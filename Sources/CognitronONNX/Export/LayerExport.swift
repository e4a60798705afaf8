import Cognitron

/// One use of a layer that is being exported.
struct LayerExport {
    let layer: any AnyLayer
    let inputs: [ExportedValue]
    /// The shapes of one sample of each output, for two choices of the free axes' sizes.
    let outputShapes: [(Shape, Shape)]
    let writer: GraphWriter
    /// What exports the layers inside the layer.
    let exporter: ModelExporter
    /// The layer's path in the model.
    let path: String

    var input: ExportedValue { inputs[0] }

    /// A weight as a constant under its name in files.
    ///
    /// - Parameter change: to ONNX's layout.
    func weight(_ parameter: Parameter, _ change: (Tensor) -> Tensor = { $0 }) -> String {
        let value = change(parameter.value)
        return writer.constant(
            value, named: fullName(of: parameter), key: "\(parameter.identity) \(value.shape)")
    }

    /// The path of a parameter, whose own name may lack those of the models around it.
    private func fullName(of parameter: Parameter) -> String {
        let outer = path.split(separator: "/")
        let own = parameter.name.split(separator: "/")
        let shared = (0...min(outer.count, own.count)).last { outer.suffix($0) == own.prefix($0) } ?? 0
        return (outer + own.dropFirst(shared)).joined(separator: "/")
    }

    /// An output in the package's layout. It has the first input's mask where it still has its axes.
    func output(_ name: String, _ number: Int = 0, mask: String? = nil) -> ExportedValue {
        ExportedValue(outputShapes[number], channelsLast: name, mask: mask)
    }

    func channelsFirstOutput(_ name: String, mask: String? = nil) -> ExportedValue {
        ExportedValue(outputShapes[0], channelsFirst: name, mask: mask)
    }

    /// The exported layers inside the layer, such as a projection of an attention.
    func child(_ name: String) throws -> any AnyLayer {
        guard let child = layer.children.first(where: { $0.name == name }) else {
            throw ExportProblem("has no part called \(name)")
        }
        return child.layer
    }
}

/// What ONNX, or this package's writer of it, cannot say of a layer.
struct ExportProblem: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
