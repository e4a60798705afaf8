import CognitronKernels
import Foundation

/// The form of the progress that `fit` prints.
public enum Verbosity: Sendable {
    /// `bar` on a terminal, `lines` elsewhere.
    case automatic
    /// A line for the running epoch, rewritten in place.
    case bar
    /// A line per epoch.
    case lines
    case silent
}

/// Prints the progress of a training. Skips lines that cannot be written (closed pipe, full disk, lost
/// terminal), so that the training continues.
final class Progress {
    private let style: Verbosity
    private let epochs: Int
    private let unit: String
    private var epoch = 0
    /// The number of samples of the epoch; nil where it is not known.
    private var samples: Int?
    /// The samples of the epoch that an earlier run had trained on.
    private var doneBefore = 0
    private var began = ContinuousClock.now
    /// Samples per second up to the last batch, without the time for the validation data.
    private var rate = 0.0
    private var lastDrawn: ContinuousClock.Instant?
    private var isLineOpen = false

    /// The least time between redraws: writing to a terminal can take longer than a step.
    private static let redrawInterval = Duration.milliseconds(100)

    init(_ verbosity: Verbosity, epochs: Int, unit: String) {
        style = verbosity == .automatic ? (isatty(STDOUT_FILENO) == 1 ? .bar : .lines) : verbosity
        self.epochs = epochs
        self.unit = unit
    }

    func epochBegan(_ epoch: Int, samples: Int?, done: Int) {
        self.epoch = epoch
        self.samples = samples
        doneBefore = done
        began = .now
        lastDrawn = nil
        rate = 0
    }

    /// - Parameter waited: the time that the epoch has waited for data.
    func batchEnded(
        _ batch: Int, of batches: Int?, samples done: Int, _ scores: Scores, waited: Duration
    ) {
        let now = ContinuousClock.now
        rate = Double(done - doneBefore) / max(Self.seconds(now - began), 1e-6)
        guard style == .bar, batch == batches || lastDrawn.map({ now - $0 > Self.redrawInterval }) ?? true
        else { return }
        lastDrawn = now
        let left = samples.map { Double($0 - done) / max(rate, 1e-6) }
        let (title, speed) = (title(epoch), "\(Int(rate)) \(unit)/s")
        let rest = left.map { "\(Self.clock($0)) left" } ?? "\(done) \(unit)"
        let position = batches.map { "batch \(batch)/\($0)" } ?? "batch \(batch)"
        let waitingShare = Self.seconds(waited) / max(Self.seconds(now - began), 1e-6)
        let waiting = "data \(Int((waitingShare * 100).rounded())) %"
        // A line longer than the terminal would wrap, and each redraw would add a line. Leaves room for the
        // "^C" that a terminal echoes.
        let width = Self.terminalWidth - 3
        let line = Self.fullest(
            of: [
                [title, bar(done), position, "\(scores)", speed, waiting, rest],
                [title, bar(done), position, "\(scores)", speed, rest],
                [title, bar(done), "\(scores)", speed, rest],
                [title, bar(done), "\(scores)", rest],
                [title, "\(scores)", rest],
                [title, bar(done)],
            ], width)
        redraw(String(line.prefix(width)))
    }

    func epochEnded(_ epoch: Int, _ scores: Scores) {
        guard style != .silent else { return }
        let seconds = Self.seconds(.now - began)
        let (speed, time) = ("\(Int(rate)) \(unit)/s", Self.clock(seconds))
        let title = title(epoch)
        if style == .bar {
            redraw(
                Self.fullest(
                    of: [
                        [title, "\(scores)", speed, time], [title, "\(scores)", time], [title, "\(scores)"],
                    ],
                    Self.terminalWidth - 1))
        } else {
            put("\(title)  \(scores)  \(speed)  \(time)\n")
        }
        interrupted()
    }

    /// Prints a callback's message on a line of its own.
    func announce(_ text: String) {
        interrupted()
        put("\(text)\n")
    }

    /// Ends the line that is being rewritten, so that later output starts on a new line.
    func interrupted() {
        guard isLineOpen else { return }
        put("\n")
        isLineOpen = false
    }

    private func bar(_ done: Int) -> String {
        let width = 20
        guard let samples, samples > 0 else { return "" }
        let filled = width * done / samples
        return String(repeating: "━", count: filled) + String(repeating: "╌", count: width - filled)
    }

    private func title(_ epoch: Int) -> String { "Epoch \(epoch)/\(epochs)" }

    /// The first of the choices that fits into `width`, else the last.
    private static func fullest(of choices: [[String]], _ width: Int) -> String {
        let lines = choices.map { $0.joined(separator: "  ") }
        return lines.first { $0.count <= width } ?? lines[lines.count - 1]
    }

    private func redraw(_ line: String) {
        put("\r\(line)\u{1B}[K")
        isLineOpen = true
    }

    private func put(_ text: String) { try? StandardStream.output.write(text) }

    private static var terminalWidth: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// "12.3 s" below a minute, "2:05" below an hour, "1:02:05" from an hour on.
    static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        guard seconds >= 59.95 else { return "\(Float(seconds).fixed(1)) s" }
        let total = Int(seconds.rounded())
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        let tail = (rest < 10 ? "0" : "") + String(rest)
        return hours > 0 ? "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)" : "\(minutes):\(tail)"
    }
}
