/// The form of the progress that `fit` prints.
public enum Verbosity: Sendable {
    /// `bar` on a terminal, `lines` elsewhere.
    case automatic
    /// A line for the running epoch, rewritten in place: a bar, the loss ± the standard deviation of the
    /// losses of the last 32 batches, the speed, and the time left of the epoch and of the training.
    /// Coloured unless NO_COLOR is set.
    case bar
    /// A line per epoch.
    case lines
    case silent
}

/// Prints the progress of a training. Skips lines that cannot be written (closed pipe, full disk, lost
/// terminal), so that the training continues.
final class Progress {
    private let style: Verbosity
    private(set) var status: TrainingStatus
    private var line = TerminalLine()
    private var lastDrawn: ContinuousClock.Instant?

    /// The least time between redraws: writing to a terminal can take longer than a step.
    private static let redrawInterval = Duration.milliseconds(100)
    /// Columns that stay free: a line longer than the terminal would wrap, and each redraw would add a line.
    /// Leaves room for the "^C" that a terminal echoes.
    private static let margin = 3

    init(_ verbosity: Verbosity, epochs: Int, unit: String) {
        style = verbosity == .automatic ? (TerminalLine.canRewrite ? .bar : .lines) : verbosity
        status = TrainingStatus(epochs: epochs, unit: unit)
    }

    func epochBegan(_ epoch: Int, samples: Int?, done: Int) {
        status.epochBegan(epoch, samples: samples, done: done)
        lastDrawn = nil
    }

    /// - Parameters:
    ///   - loss: that of this batch alone.
    ///   - waited: the time that the epoch has waited for data.
    func batchEnded(
        _ batch: Int, of batches: Int?, samples done: Int, _ scores: Scores, loss: Float, waited: Duration
    ) {
        status.batchEnded(batch, of: batches, samples: done, scores, loss: loss, waited: waited)
        guard isDue(batch == batches) else { return }
        let share = status.sampleCount.map { Double(done) / Double(max(1, $0)) }
        let (wide, narrow) = (
            share.map { ProgressBar(share: $0) }, share.map { ProgressBar(share: $0, width: 10) }
        )
        let (title, scores) = (status.title, status.scoresWithSpread)
        let left = status.secondsLeft.map { "\(TrainingStatus.clock($0)) left" } ?? "\(done) \(status.unit)"
        let total = status.epoch < status.epochs ? status.secondsLeftInAll : nil
        let inAll = total.map { "\(left), \(TrainingStatus.clock($0)) in all" } ?? left
        let waiting = "data \(Int((status.waitingShare * 100).rounded())) %"
        let (bar, short) = (wide?.text, narrow?.text)
        redraw(
            [
                [title, bar, status.position, scores, status.speed, waiting, inAll],
                [title, bar, status.position, scores, status.speed, inAll],
                [title, bar, scores, status.speed, inAll], [title, short, scores, status.speed, inAll],
                [title, short, scores, status.speed, left], [title, short, scores, left],
                [title, short, "\(status.scores)", left], [title, scores, left],
                [title, "\(status.scores)", left], [title, short, status.lossText], [title, status.lossText],
                [title],
            ], [wide, narrow])
    }

    /// - Parameter batches: how many batches of validation data there are, where that is known.
    func validationBegan(batches: Int?) {
        status.phase = .validation(batch: 0, of: batches)
        lastDrawn = nil
    }

    func epochEnded(_ epoch: Int, _ scores: Scores) {
        status.ended(scores)
        guard style != .silent else { return }
        let seconds = status.secondsOfEpoch
        let (title, speed, time) = (status.title, status.speed, TrainingStatus.clock(seconds))
        if style == .bar {
            redraw([
                [title, "\(scores)", speed, time], [title, "\(scores)", time], [title, "\(scores)"],
                [title, status.lossText], [title],
            ])
        } else {
            TerminalLine.put("\(title)  \(scores)  \(speed)  \(time)\n")
        }
        interrupted()
    }

    /// Prints a callback's message on a line of its own.
    func announce(_ text: String) {
        interrupted()
        TerminalLine.put("\(text)\n")
    }

    /// Ends the line that is being rewritten, so that later output starts on a new line.
    func interrupted() {
        line.end()
        lastDrawn = nil
    }

    private func isDue(_ isLast: Bool) -> Bool {
        guard style == .bar else { return false }
        let now = ContinuousClock.now
        guard isLast || lastDrawn.map({ now - $0 > Self.redrawInterval }) ?? true else { return false }
        lastDrawn = now
        return true
    }

    /// Draws the first of the choices that fits into the terminal, else the start of the last.
    private func redraw(_ choices: [[String?]], _ bars: [ProgressBar?] = []) {
        let width = max(1, TerminalLine.width - Self.margin)
        let lines = choices.map { $0.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ") }
        let fitting = lines.first { $0.count <= width } ?? String(lines[lines.count - 1].prefix(width))
        line.redraw(fitting, bar: bars.compactMap { $0 }.first { fitting.contains($0.text) })
    }
}

extension Progress: Callback {
    /// Shows how much of the validation data is measured.
    func onTestBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        guard case .validation(_, let count) = status.phase else { return }
        status.phase = .validation(batch: batch, of: count)
        guard isDue(batch == count) else { return }
        let bar = count.map { ProgressBar(share: Double(batch) / Double(max(1, $0))) }
        redraw(
            [
                [status.title, bar?.text, status.position, "\(scores.prefixed("val_"))"],
                [status.title, status.position, "\(scores.prefixed("val_"))"],
                [status.title, status.position], [status.position],
            ], [bar])
    }
}
