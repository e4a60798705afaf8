/// Finds the first layer of a step whose output, gradient or statistic is not finite.
///
/// `@unchecked Sendable`: only the thread that runs the step uses it.
final class NonFiniteFinder: StepObserver, @unchecked Sendable {
    struct Finding {
        let place: String
        let pass: NonFiniteOrigin.Pass
        let problem: String
        /// The rows of the batch that are not finite; nil where the numbers are not those of rows.
        let rows: [Int]?
    }

    private let batchSize: Int
    private(set) var finding: Finding?

    init(batchSize: Int) { self.batchSize = batchSize }

    func forwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ outputs: [Tensor]) {
        note(outputs, path, .forward, "its output")
        guard let layer else { return }
        for parameter in layer.allParameters where parameter.isStatistic {
            note(parameter.value, path, .forward, "its \(parameter.ownName)", isOfRows: false)
        }
    }

    func backwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ gradients: [Tensor]) {
        note(gradients, path, .backward, "the gradient of its input")
        guard let layer else { return }
        for parameter in layer.allParameters where parameter.hasGradient {
            note(
                parameter.gradient, path, .backward, "the gradient of its \(parameter.ownName)",
                isOfRows: false)
        }
    }

    /// Called with the gradients of the loss with respect to the model's outputs.
    func lossEnded(_ name: String, _ gradients: [Tensor]) {
        note(gradients, name, .loss, "its gradient")
    }

    private func note(_ tensors: [Tensor], _ place: String, _ pass: NonFiniteOrigin.Pass, _ what: String) {
        for tensor in tensors { note(tensor, place, pass, what, isOfRows: true) }
    }

    private func note(
        _ tensor: Tensor, _ place: String, _ pass: NonFiniteOrigin.Pass, _ what: String, isOfRows: Bool
    ) {
        guard finding == nil, !tensor.isFinite else { return }
        let scalars = tensor.scalars
        let wrong = scalars.indices.filter { !scalars[$0].isFinite }
        let hasRows = isOfRows && tensor.rank > 0 && tensor.shape[0] == batchSize
        let rowSize = hasRows ? max(1, tensor.count / batchSize) : 1
        finding = Finding(
            place: place, pass: pass, problem: "\(what) holds \(scalars[wrong[0]].text)",
            rows: hasRows ? Set(wrong.map { $0 / rowSize }).sorted() : nil)
    }
}
