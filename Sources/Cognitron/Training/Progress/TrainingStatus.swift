/// The position of a running training, its scores, its speed and the time that it still takes.
///
///     Epoch 3/10  batch 120/391  loss 0.2134 ± 0.0312  accuracy 0.9310  1250 images/s  31.2 s left
package struct TrainingStatus: Sendable {
    /// What the epoch does now.
    package enum Phase: Sendable, Equatable {
        case training
        /// Measures the validation data: batches done, and how many there are where that is known.
        case validation(batch: Int, of: Int?)
    }

    /// The current epoch, from 1, and the last one.
    package private(set) var epoch = 0
    package let epochs: Int
    /// What the samples are called: `images`.
    package let unit: String
    package internal(set) var phase = Phase.training
    /// The number of batches of the epoch that are done, and of all where it is known.
    package private(set) var batch = 0
    package private(set) var batches: Int?
    /// The number of samples of the epoch that are done, and of all where it is known.
    package private(set) var samples = 0
    package private(set) var sampleCount: Int?
    /// The means over the epoch so far.
    package private(set) var scores = Scores()
    /// Samples per second of the epoch's steps, without the time for the validation data.
    package private(set) var rate = 0.0
    /// The share of the epoch's time that the steps waited for data.
    package private(set) var waitingShare = 0.0

    /// The losses of the last batches, in a ring.
    private var losses: [Float] = []
    private var lossCount = 0
    private var began = ContinuousClock.now
    private var lastBatchEnded: ContinuousClock.Instant?
    /// Seconds between the last step of an epoch and the first of the next: validation and callbacks.
    private var betweenEpochs = 0.0
    /// The samples of the epoch that an earlier run had trained on.
    private var samplesBefore = 0

    /// The number of batches whose losses the spread is taken of.
    package static let spreadBatches = 32

    init(epochs: Int, unit: String) { (self.epochs, self.unit) = (epochs, unit) }

    mutating func epochBegan(_ epoch: Int, samples: Int?, done: Int) {
        (self.epoch, sampleCount, self.samples, samplesBefore) = (epoch, samples, done, done)
        (phase, batch, batches, rate, waitingShare, scores) = (.training, 0, nil, 0, 0, Scores())
        began = .now
        if let lastBatchEnded { betweenEpochs = (began - lastBatchEnded) / .seconds(1) }
    }

    /// - Parameters:
    ///   - loss: that of this batch alone.
    ///   - waited: the time that the epoch has waited for data.
    mutating func batchEnded(
        _ batch: Int, of batches: Int?, samples done: Int, _ scores: Scores, loss: Float, waited: Duration
    ) {
        let now = ContinuousClock.now
        let seconds = max((now - began) / .seconds(1), 1e-6)
        (self.batch, self.batches, samples, self.scores) = (batch, batches, done, scores)
        rate = Double(done - samplesBefore) / seconds
        waitingShare = min(1, (waited / .seconds(1)) / seconds)
        lastBatchEnded = now
        if losses.count < Self.spreadBatches {
            losses.append(loss)
        } else {
            losses[lossCount % Self.spreadBatches] = loss
        }
        lossCount += 1
    }

    mutating func ended(_ scores: Scores) { self.scores = scores }
}

// MARK: - Derived figures

extension TrainingStatus {
    /// The standard deviation of the losses of the last 32 batches; nil below two.
    package var lossSpread: Float? {
        guard losses.count > 1 else { return nil }
        let mean = losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
        let squares = losses.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let spread = Float((squares / Double(losses.count - 1)).squareRoot())
        return spread.isFinite ? spread : nil
    }

    /// Seconds until the epoch's last step; nil where its length is not known.
    package var secondsLeft: Double? {
        guard let sampleCount, rate > 0 else { return nil }
        return Double(max(0, sampleCount - samples)) / rate
    }

    /// Seconds until the end of the training, with the validation data of the epochs to come: measured after
    /// the first epoch, 0 before.
    package var secondsLeftInAll: Double? {
        guard let sampleCount, let secondsLeft else { return nil }
        let epochsLeft = Double(max(0, epochs - epoch))
        return secondsLeft + betweenEpochs + epochsLeft * (Double(sampleCount) / rate + betweenEpochs)
    }

    /// `Epoch 3/10`
    var title: String { "Epoch \(epoch)/\(epochs)" }

    /// `batch 120/391`
    var position: String {
        switch phase {
        case .training: "batch \(Self.part(batch, of: batches))"
        case .validation(let batch, let count): "validation \(Self.part(batch, of: count))"
        }
    }

    /// `loss 0.2134 ± 0.0312  accuracy 0.9310`
    var scoresWithSpread: String {
        scores.pairs.map { name, value in
            let spread = name == "loss" ? lossSpread.map { " ± \(Scores.format($0))" } ?? "" : ""
            return "\(name) \(Scores.format(value))\(spread)"
        }
        .joined(separator: "  ")
    }

    /// `loss 0.2134`; empty where no loss is measured.
    var lossText: String { scores["loss"].map { "loss \(Scores.format($0))" } ?? "" }

    /// Seconds since the epoch began.
    var secondsOfEpoch: Double { (ContinuousClock.now - began) / .seconds(1) }

    /// `1250 images/s`
    var speed: String { "\(Int(min(rate, 1e15))) \(unit)/s" }

    /// The whole status in one line.
    package var description: String {
        var pieces = [title, position, scoresWithSpread, speed]
        if let secondsLeft { pieces.append("\(Self.clock(secondsLeft)) left") }
        if epoch < epochs, let secondsLeftInAll { pieces.append("\(Self.clock(secondsLeftInAll)) in all") }
        return pieces.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private static func part(_ done: Int, of count: Int?) -> String {
        count.map { "\(done)/\($0)" } ?? "\(done)"
    }

    /// "12.3 s" below a minute, "2:05" below an hour, "1:02:05" from an hour on.
    package static func clock(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "–" }
        guard seconds >= 59.95 else { return "\(Float(seconds).fixed(1)) s" }
        let total = Int(seconds.rounded())
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        let tail = (rest < 10 ? "0" : "") + String(rest)
        return hours > 0 ? "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)" : "\(minutes):\(tail)"
    }
}
