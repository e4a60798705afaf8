import CognitronKernels

/// Sorts the layer calls that compute some outputs topologically: each after the calls whose values it reads.
struct GraphSorter {
    private let name: String
    private(set) var inputs: [Input] = []
    private(set) var calls: [LayerCall] = []
    /// The number of the first value of an input or a call.
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
        for tensor in outputs + calls.flatMap(\.inputs) { try requireOutput(tensor) }
    }

    /// Throws where a layer with several outputs is used without selecting one.
    private func requireOutput(_ tensor: SymbolicTensor) throws {
        guard case .call(let call, nil) = tensor.source, call.layer.outputCount != 1 else { return }
        throw CognitronError(
            .model, name,
            "\(call.layer.name ?? call.layer.typeName) gives \(call.layer.outputCount) outputs, "
                + "and one is used without saying which", expected: "layer.outputs(of: …)[0]", got: "layer(…)"
        )
    }

    /// The number of a value that has been visited.
    func index(_ tensor: SymbolicTensor) -> Int {
        switch tensor.source {
        case .input(let input): firstValue(ObjectIdentifier(input))
        // nil: the only output, as `requireOutput` has checked.
        case .call(let call, let output): firstValue(ObjectIdentifier(call)) + (output ?? 0)
        }
    }

    private func firstValue(_ identifier: ObjectIdentifier) -> Int {
        guard let value = firstValues[identifier] else { fail("a value that was not visited") }
        return value
    }

    /// Visits depth first, with an explicit stack: recursion could overflow the program's stack.
    private mutating func visit(_ tensor: SymbolicTensor) throws {
        var stack = [tensor]
        while let top = stack.last {
            switch top.source {
            case .input(let input):
                guard firstValues[ObjectIdentifier(input)] != nil else {
                    throw CognitronError(
                        .model, name,
                        "an output depends on an Input of shape \(input.sizes.text) that is not among inputs",
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
