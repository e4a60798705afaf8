// Running a failed step again to find where its numbers stop being finite.

extension Trainer {
    /// Runs a step layer by layer, without updating weights, and finds its first numbers that are not finite.
    /// Statistics, random streams and layers' states are restored.
    ///
    /// - Parameters:
    ///   - samples: the numbers of the batch's samples.
    ///   - isTraining: false for a batch of the validation data, which is measured.
    /// - Returns: nil where all numbers are finite.
    func originOfNonFinite(_ batch: Batch, samples: [Int], isTraining: Bool) -> NonFiniteOrigin? {
        for (path, parameter) in networks.names.flatMap({ paths(ofNetwork: $0) })
        where !parameter.value.isFinite {
            let number = parameter.value.scalars.first { !$0.isFinite } ?? .nan
            return NonFiniteOrigin(
                place: path, pass: .weights,
                problem: "the value holds \(number.text) \(isTraining ? "before" : "after") the step",
                samples: [])
        }
        guard let finding = keepingMeters({ inspect(batch, isTraining) }) else { return nil }
        let rows =
            finding.rows ?? keepingMeters { rowsThatFailAlone(batch, isTraining) } ?? Array(samples.indices)
        return NonFiniteOrigin(
            place: finding.place, pass: finding.pass, problem: finding.problem,
            samples: rows.filter(samples.indices.contains).map { samples[$0] })
    }

    private func inspect(_ batch: Batch, _ isTraining: Bool) -> NonFiniteFinder.Finding? {
        let before = StateBeforeStep(of: networks)
        let finder = NonFiniteFinder(batchSize: batch.count)
        self.finder = finder
        for (name, network) in networks {
            let path = networks.count == 1 ? "" : "\(name)/"
            network.observedPath = ObservedPath(observer: finder, path: path)
        }
        defer {
            self.finder = nil
            for (_, network) in networks { network.observedPath = nil }
            before.restore()
        }
        do {
            _ = isTraining ? try step.train(batch, self) : try step.test(batch, self)
        } catch let error as CognitronError where error.kind == .notFinite {
            // Layers' outputs are finite where the loss is not.
            return finder.finding
                ?? NonFiniteFinder.Finding(
                    place: error.place, pass: .loss, problem: error.problem, rows: nil)
        } catch {
            return nil
        }
        return finder.finding
    }

    /// The rows with which a step of one sample fails; nil where none does. A step of the user's own may need
    /// larger batches.
    private func rowsThatFailAlone(_ batch: Batch, _ isTraining: Bool) -> [Int]? {
        guard step is SupervisedStep else { return nil }
        let rows = (0..<batch.count).filter { inspect(batch[row: $0], isTraining) != nil }
        return rows.isEmpty ? nil : rows
    }
}

extension Batch {
    /// The batch of one row.
    fileprivate subscript(row row: Int) -> Batch {
        let count = count
        func part(_ tensor: Tensor) -> Tensor {
            tensor.rank > 0 && tensor.shape[0] == count ? tensor[row..<row + 1] : tensor
        }
        return Batch(
            inputs: inputs.map(part), targets: targets.map(part), weights: weights.map { $0.map(part) })
    }
}
