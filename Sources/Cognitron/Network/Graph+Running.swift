// Forward and backward passes.
//
// The forward pass moves each value to its last reader, which may then work in place. The backward pass runs
// the nodes' pullbacks in reverse.

import CognitronKernels

extension Graph {
    /// The result of a forward pass.
    struct Result {
        var outputs: [Tensor]
        /// The masks of the outputs; empty where none has one.
        var masks: [Tensor?]
        var pullback: MultiPullback
    }

    /// Runs the layers on a batch.
    ///
    /// Without `needsPullback` nothing is kept for the backward pass: a value's memory is freed when its last
    /// reader has run, and the returned pullback does nothing.
    ///
    /// - Parameters:
    ///   - pass: with the masks of the graph's inputs.
    ///   - linearOutputs: outputs to compute without their last layer's activation function.
    func forward(_ batch: consuming [Tensor], _ pass: Pass, linearOutputs: Set<Int> = []) -> Result {
        var values = [Tensor?](repeating: nil, count: valueCount)
        let inputShapes = pass.needsPullback ? batch.map(\.shape) : []
        var readers = readerCounts
        for (value, tensor) in zip(inputs, batch) { values[value] = tensor }
        batch = []
        var masks = ValueMasks(of: pass, inputs)
        let linearValues = linearOutputs.isEmpty ? [] : linearOutputs.map(linearValue)
        let needed = gradientNeeds(pass)
        let observed = pass.observed
        var steps: [BackwardStep] = []
        for node in nodes {
            let arguments = node.inputs.map { value in
                readers[value] -= 1
                guard let tensor = readers[value] == 0 ? values[value].take() : values[value] else {
                    fail("\(node.name) reads a value that no layer gives")
                }
                return tensor
            }
            let needsInputGradient =
                pass.needsPullback && (node.inputs.contains { needed[$0] } || node.isComposed)
            let nodePass = pass.of(node, needsInputGradient: needsInputGradient, masks)
            let isLinear = !linearValues.isEmpty && node.outputs.contains { linearValues.contains($0) }
            let result = node.run(arguments, nodePass, isLinear: isLinear)
            if pass.needsPullback, node.outputs.contains(where: { needed[$0] }) {
                steps.append(
                    BackwardStep(
                        node: node, shapes: result.outputs.map(\.shape), pullback: result.pullback))
            }
            for (value, tensor) in zip(node.outputs, result.outputs) { values[value] = tensor }
            masks.set(result.masks, node.outputs, result.outputs)
            observed?.forwardEnded(node.name, node.layer, result.outputs)
        }
        let results = outputs.map { value in
            guard let tensor = values[value] else { fail("no layer gives output \(value)") }
            return tensor
        }
        let outputMasks = masks.of(outputs)
        guard pass.needsPullback else {
            return Result(outputs: results, masks: outputMasks, pullback: { gradients in gradients })
        }
        return Result(
            outputs: results, masks: outputMasks, pullback: backward(steps, needed, inputShapes, observed))
    }

    private struct BackwardStep {
        let node: Node
        let shapes: [Shape]
        let pullback: MultiPullback
    }

    /// The number of reads of each value, by nodes and as an output.
    var readerCounts: [Int] {
        var counts = [Int](repeating: 0, count: valueCount)
        for node in nodes { for value in node.inputs { counts[value] += 1 } }
        for value in outputs { counts[value] += 1 }
        return counts
    }

    /// Which values' gradients are read: those that depend on a trainable parameter, and all if the caller
    /// wants the inputs' gradients. Empty where there is no backward pass.
    private func gradientNeeds(_ pass: Pass) -> [Bool] {
        guard pass.needsPullback else { return [] }
        var needed = [Bool](repeating: pass.needsInputGradient, count: valueCount)
        guard !pass.needsInputGradient else { return needed }
        for node in nodes {
            let isNeeded =
                node.inputs.contains { needed[$0] }
                || (node.inner?.parameters ?? node.layer.allParameters).contains { $0.isTrainable }
            for value in node.outputs { needed[value] = isNeeded }
        }
        return needed
    }

    private func backward(
        _ steps: [BackwardStep], _ needed: [Bool], _ inputShapes: [Shape], _ observed: ObservedPath?
    ) -> MultiPullback {
        var steps = steps
        return { outputGradients in
            var gradients = GradientSlots(count: valueCount)
            for (value, gradient) in zip(outputs, outputGradients) { gradients.add(gradient, to: value) }
            // Frees each pullback, with the tensors it captured, as soon as it has run.
            while let step = steps.popLast() {
                guard let arguments = gradients.take(step.node.outputs, step.shapes) else { continue }
                let results = step.pullback(arguments)
                for (value, gradient) in zip(step.node.inputs, results) where needed[value] {
                    gradients.add(gradient, to: value)
                }
                observed?.backwardEnded(
                    step.node.name, step.node.layer,
                    zip(step.node.inputs, results).filter { needed[$0.0] }.map(\.1))
            }
            // The gradient of an input that no output depends on is 0. Where the caller does not need the
            // inputs' gradients, any tensor may be returned.
            return zip(inputs, inputShapes).map { value, shape in
                gradients.take(value) ?? (needed[value] ? Tensor.zeros(shape) : Tensor(0))
            }
        }
    }
}

extension Pass {
    /// The pass for a node's layer.
    fileprivate func of(_ node: Graph.Node, needsInputGradient: Bool, _ values: ValueMasks) -> Pass {
        let masks = values.of(node.inputs)
        // Avoids a copy of the pass, which takes longer than some layers on a single small image.
        if needsInputGradient == self.needsInputGradient, masks.isEmpty, self.masks.isEmpty, observed == nil {
            return self
        }
        return needingInputGradient(needsInputGradient).masking(masks)
            .observed(at: observed?.entering(node.name))
    }
}

extension Graph.Node {
    /// Whether the layer has children that are not nodes of a graph. It passes its pass on to them, and the
    /// later ones need their inputs' gradients.
    fileprivate var isComposed: Bool { inner == nil && !layer.children.isEmpty }

    /// The node's layer on its arguments.
    ///
    /// - Parameter isLinear: whether to leave out the layer's activation function.
    fileprivate func run(_ inputs: consuming [Tensor], _ pass: Pass, isLinear: Bool) -> Graph.Result {
        if let inner {
            // Not the model's `forward`, which checks shapes: an inner model may be used on several shapes.
            let graph = pass.needsPullback ? inner.running : inner.predictionGraph()
            return graph.forward(inputs, pass, linearOutputs: isLinear ? [0] : [])
        }
        let masks = layer.outputMasks(inputs, pass.masks)
        if isLinear, let layer = layer as? any ActivatedLayer {
            let (output, pullback) = layer.forwardLinear(inputs.removeLast(), pass)
            return Graph.Result(outputs: [output], masks: masks, pullback: { [pullback($0[0])] })
        }
        let (outputs, pullback) = layer.forward(inputs: inputs, pass)
        return Graph.Result(outputs: outputs, masks: masks, pullback: pullback)
    }
}

/// The masks of a graph's values while it runs.
private struct ValueMasks {
    /// By value; empty while no value has one.
    private var masks: [Int: Tensor] = [:]

    init(of pass: Pass, _ inputs: [Int]) {
        for (value, mask) in zip(inputs, pass.masks) { masks[value] = mask }
    }

    /// The masks of some values; empty where none has one.
    func of(_ values: [Int]) -> [Tensor?] {
        guard !masks.isEmpty, values.contains(where: { masks[$0] != nil }) else { return [] }
        return values.map { masks[$0] }
    }

    /// Sets the masks of those values that have the mask's axes.
    mutating func set(_ new: [Tensor?], _ values: Range<Int>, _ tensors: [Tensor]) {
        guard !new.isEmpty else { return }
        for (value, (mask, tensor)) in zip(values, zip(new, tensors)) {
            guard let mask, tensor.rank >= mask.rank, mask.shape.elementsEqual(tensor.shape.prefix(mask.rank))
            else {
                continue
            }
            masks[value] = mask
        }
    }
}

/// The sums of the values' gradients during the backward pass.
private struct GradientSlots {
    private var slots: [Tensor?]

    init(count: Int) { slots = Array(repeating: nil, count: count) }

    mutating func add(_ gradient: consuming Tensor, to value: Int) {
        if var sum = slots[value].take() {
            sum += gradient
            slots[value] = sum
        } else {
            slots[value] = gradient
        }
    }

    mutating func take(_ value: Int) -> Tensor? { slots[value].take() }

    /// The gradients of a node's outputs, with zeros for those without one; nil where none has one.
    mutating func take(_ values: Range<Int>, _ shapes: [Shape]) -> [Tensor]? {
        guard values.contains(where: { slots[$0] != nil }) else { return nil }
        return zip(values, shapes).map { slots[$0].take() ?? Tensor.zeros($1) }
    }
}
