import Cognitron

// The graph's nodes, one after the other.

extension GraphImporter {
    func importNode(_ index: Int) {
        let node = nodes[index]
        var inputs: [ImportedValue?] = []
        for name in node.inputs {
            let value = name.isEmpty ? nil : values[name]
            // What reads a value that failed is not reported again.
            if !name.isEmpty && value == nil { return }
            inputs.append(value)
        }
        do {
            let outputs = try imported(node, inputs)
            for (name, value) in zip(node.outputs, outputs) where !name.isEmpty && values[name] == nil {
                values[name] = value
            }
        } catch {
            problems.append("\(node.name) (\(node.type)): \(error)")
        }
    }

    private func imported(_ node: ONNXNode, _ inputs: [ImportedValue?]) throws -> [ImportedValue] {
        guard node.proto.domain.isEmpty || node.proto.domain == "ai.onnx" else {
            throw ImportProblem("is of the operators of \(node.proto.domain)")
        }
        guard Operators.all[node.type] != nil else { throw ImportProblem("no such operator") }
        guard !node.outputs.isEmpty, node.outputs.count <= 65_536 else {
            throw ImportProblem("has no outputs")
        }
        if inputs.allSatisfy({ $0?.computed == nil }) { return try folded(node, inputs) }
        if node.type == "Shape" || node.type == "Size", let value = inputs[0]?.computed {
            let zeros = (value.shapes.0, value.shapes.1)
            return try sizesKnown(node, zeros)
        }
        guard inputs.count >= Lifts.inputCounts[node.type] ?? 1 else {
            throw ImportProblem("has too few inputs")
        }
        if let lift = Lifts.all[node.type], let outputs = try lift(self, node, inputs) { return outputs }
        return try operatorLayer(node, inputs)
    }

    /// Runs a node whose inputs are known, for both numbers of samples.
    private func folded(_ node: ONNXNode, _ inputs: [ImportedValue?]) throws -> [ImportedValue] {
        let limit = 4 * weightCount + Self.spareCount
        func side(_ isSecond: Bool) throws -> [ONNXTensor] {
            let outputs = try OperatorCall.$largestCount.withValue(limit) {
                try Operators.run(
                    node,
                    inputs.map { input in
                        guard case .known(let a, let b)? = input else { return nil }
                        return isSecond ? b : a
                    })
            }
            foldedCount += outputs.reduce(0) { $0 + $1.tensor.count }
            guard foldedCount <= limit else {
                throw ImportProblem("more than \(limit) numbers are worked out of constants")
            }
            return outputs
        }
        let first = try side(false)
        if inputs.allSatisfy({ $0 == nil || $0?.constant != nil }) { return first.map { .constant($0) } }
        let second = try side(true)
        return zip(first, second).map { .known($0, $1) }
    }

    /// What may be worked out of constants beside four times the weights: a few bytes of a file can ask for
    /// a large tensor.
    private static let spareCount = 1 << 22

    private func sizesKnown(_ node: ONNXNode, _ shapes: (Shape, Shape)) throws -> [ImportedValue] {
        if node.type == "Size" {
            return [
                .known(
                    ONNXTensor(Tensor(Float(shapes.0.elementCount)), .int64),
                    ONNXTensor(Tensor(Float(shapes.1.elementCount)), .int64))
            ]
        }
        let rank = shapes.0.rank
        func clamped(_ value: Int) -> Int { min(max(value < 0 ? value + rank : value, 0), rank) }
        let (start, end) = (clamped(node.int("start")), clamped(node.int("end", rank)))
        let range = start..<max(start, end)
        return [
            .known(ONNXTensor(integers: Array(shapes.0[range])), ONNXTensor(integers: Array(shapes.1[range])))
        ]
    }
}
