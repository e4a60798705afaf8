/// Brings the layer calls behind some outputs into an order in which each comes after those it reads.
struct GraphSorter {
    private let name: String
    private(set) var inputs: [Input] = []
    private(set) var calls: [LayerCall] = []
    /// Of an input or a call: the number of its first value.
    private var firstValues: [ObjectIdentifier: Int] = [:]
    private var valueCount = 0

    init(_ name: String) { self.name = name }

    mutating func visit(inputs: [SymbolicTensor], outputs: [SymbolicTensor]) throws {
        for tensor in inputs {
            guard case .input(let input) = tensor.source else {
                throw CognitronError(.model, name, "only an Input can be an input of a model")
            }
            self.inputs.append(input)
            number(ObjectIdentifier(input), count: 1)
        }
        guard !outputs.isEmpty, !inputs.isEmpty else {
            throw CognitronError(.model, name, "a model needs inputs and outputs")
        }
        for tensor in outputs { try visit(tensor) }
    }

    /// The number of a value that has been visited.
    func index(_ tensor: SymbolicTensor) -> Int {
        switch tensor.source {
        case .input(let input): firstValues[ObjectIdentifier(input)] ?? 0
        case .call(let call, let output): (firstValues[ObjectIdentifier(call)] ?? 0) + output
        }
    }

    /// Depth first, with a stack of its own: a network may be deeper than the program's stack bears.
    private mutating func visit(_ tensor: SymbolicTensor) throws {
        var stack = [tensor]
        while let top = stack.last {
            switch top.source {
            case .input(let input):
                guard firstValues[ObjectIdentifier(input)] != nil else {
                    throw CognitronError(
                        .model, name,
                        "an output depends on an Input of shape \(input.shape) that is not among inputs",
                        advice: "list it in Model(inputs:outputs:)")
                }
                stack.removeLast()
            case .call(let call, _):
                let missing = call.inputs.filter { !isNumbered($0) }
                if isNumbered(top) || missing.isEmpty {
                    stack.removeLast()
                    guard !isNumbered(top) else { continue }
                    calls.append(call)
                    number(ObjectIdentifier(call), count: call.layer.outputCount)
                } else {
                    stack += missing.reversed()
                }
            }
        }
    }

    private func isNumbered(_ tensor: SymbolicTensor) -> Bool {
        switch tensor.source {
        case .input(let input): firstValues[ObjectIdentifier(input)] != nil
        case .call(let call, _): firstValues[ObjectIdentifier(call)] != nil
        }
    }

    private mutating func number(_ identifier: ObjectIdentifier, count: Int) {
        firstValues[identifier] = valueCount
        valueCount += count
    }
}

extension AnyLayer {
    /// How many values one call of the layer gives.
    var outputCount: Int { (self as? Model)?.graph.outputs.count ?? 1 }
}
