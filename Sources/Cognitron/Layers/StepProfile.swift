import CognitronKernels

/// Where the time of training steps goes: to which layer, forward or backward, and to what kind of work.
///
///     let profile = StepProfile()
///     model.profile = profile
///     profile.begin()
///     try model.trainOnBatch(x, y)
///     profile.end()
///
/// It works like a stopwatch with laps: whoever has finished a part of the step says so, and what has passed
/// since the part before is that part's time. So no time is lost between the parts, and none counts twice.
///
/// `@unchecked Sendable`: only the thread that trains calls it.
package final class StepProfile: @unchecked Sendable {
    /// What a step consists of.
    package enum Part: Hashable, Sendable {
        /// Waiting for the batch.
        case data
        /// The layer of that path in the graph that runs: `encoder/conv2d`. What a model within the model
        /// does beside its layers counts as its own.
        case forward(String)
        /// Its pullback, and adding the gradients that it gives to those of the other readers of the same
        /// values.
        case backward(String)
        /// The loss, its gradient and the metrics.
        case loss
        /// Making sure that a step that fails changes nothing: noting what it changes, looking for numbers
        /// that are not finite.
        case check
        case optimizer
        /// What is left: keeping and showing the scores.
        case rest
    }

    /// What kind of work it was.
    package enum Kind: String, CaseIterable, Sendable {
        /// In matrix products.
        case gemm
        /// Beside the products, in layers that have some: gathering and transforming what is multiplied,
        /// biases, and workers that wait for one another.
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

    /// A profile as seen from a graph, which may be that of a model inside another.
    struct Scope: Sendable {
        let profile: StepProfile
        /// What stands before the names of the graph's nodes.
        let path: String

        func lap(forward name: String) { profile.lap(.forward(path + name)) }
        func lap(backward name: String) { profile.lap(.backward(path + name)) }

        /// The same for what runs inside the node of that name.
        func entering(_ name: String) -> Scope { Scope(profile: profile, path: "\(path)\(name)/") }
    }

    /// The profile as a model sees it that is not inside another.
    var scope: Scope { Scope(profile: self, path: "") }

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

// What came out; times are in seconds, one of each step.
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
