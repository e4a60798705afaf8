import CognitronKernels

/// Measures the time of training steps by layer, direction and kind of work.
///
///     let profile = StepProfile()
///     model.profile = profile
///     profile.begin()
///     try model.trainOnBatch(x, y)
///     profile.end()
///
/// Works like a lap timer: at the end of each part of the step, the time since the previous part ended counts
/// for it. So the parts add up to the step.
///
/// `@unchecked Sendable`: only the training thread calls it.
package final class StepProfile: @unchecked Sendable {
    /// The parts of a step.
    package enum Part: Hashable, Sendable {
        /// Waiting for the batch.
        case data
        /// The layer with that path in the running graph: `encoder/conv2d`. The work of an inner model or a
        /// composed layer outside its children (`Pass.child`) counts as its own.
        case forward(String)
        /// Its pullback, and the sum of its gradients with those of other readers of the same values.
        case backward(String)
        /// The loss, its gradient and the metrics.
        case loss
        /// Saving the state that a failed step restores, and looking for numbers that are not finite.
        case check
        case optimizer
        /// The rest: recording and showing the scores.
        case rest
    }

    /// Kinds of work.
    package enum Kind: String, CaseIterable, Sendable {
        /// In matrix products.
        case gemm
        /// The other work of layers with products: gathering and transforming operands, biases, and waiting
        /// for other workers.
        case transforms
        /// In the other layers, the loss and the check.
        case elementwise
        case optimizer, data, rest
    }

    private struct Lap {
        let part: Part
        let seconds: Double
        /// Of those, in matrix products.
        let inProducts: Double
    }

    private var steps: [[Lap]] = []
    private var laps: [Lap] = []
    private var began = ContinuousClock.now
    private var productsBefore = 0

    package init() {}

    /// Starts a step. Until `end`, the process's matrix products are timed.
    package func begin() {
        ProductTime.isMeasured = true
        laps = []
        productsBefore = ProductTime.nanoseconds
        began = .now
    }

    /// The path of the outermost model.
    var root: ObservedPath { ObservedPath(observer: self, path: "") }

    /// Ends a part of the step.
    func lap(_ part: Part) {
        let now = ContinuousClock.now
        let products = ProductTime.nanoseconds
        laps.append(
            Lap(
                part: part, seconds: (now - began) / .seconds(1),
                inProducts: Double(products - productsBefore) * 1e-9))
        (began, productsBefore) = (now, products)
    }

    /// Ends the step.
    package func end() {
        lap(.rest)
        ProductTime.isMeasured = false
        steps.append(laps)
    }
}

extension StepProfile: StepObserver {
    func forwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ outputs: [Tensor]) { lap(.forward(path)) }

    func backwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ gradients: [Tensor]) {
        lap(.backward(path))
    }
}

// The results; times are in seconds, one per step.
extension StepProfile {
    /// The names of the layers in the order they run, each once.
    package var layers: [String] {
        var seen: Set<String> = []
        return (steps.first ?? []).compactMap {
            if case .forward(let name) = $0.part, seen.insert(name).inserted { name } else { nil }
        }
    }

    /// The whole steps.
    package var seconds: [Double] { sums { $0.seconds } }

    /// Empty where no step had that part.
    package func seconds(in part: Part) -> [Double] {
        guard steps.contains(where: { $0.contains { $0.part == part } }) else { return [] }
        return sums { $0.part == part ? $0.seconds : 0 }
    }

    /// A layer's matrix products, forward and backward.
    package func productSeconds(inLayer name: String) -> [Double] {
        sums { [.forward(name), .backward(name)].contains($0.part) ? $0.inProducts : 0 }
    }

    package func seconds(ofKind kind: Kind) -> [Double] {
        let multiplying = Set(steps.joined().filter { $0.inProducts > 0 }.compactMap(\.part.layer))
        return sums { lap in
            if kind == .gemm { return lap.inProducts }
            let beside: Kind =
                switch lap.part {
                case .forward(let name), .backward(let name):
                    multiplying.contains(name) ? .transforms : .elementwise
                case .loss, .check: .elementwise
                case .optimizer: .optimizer
                case .data: .data
                case .rest: .rest
                }
            return beside == kind ? lap.seconds - lap.inProducts : 0
        }
    }

    private func sums(_ value: (Lap) -> Double) -> [Double] {
        steps.map { $0.reduce(0) { $0 + value($1) } }
    }
}

extension StepProfile.Part {
    fileprivate var layer: String? {
        switch self {
        case .forward(let name), .backward(let name): name
        default: nil
        }
    }
}
