import CognitronKernels
import Foundation

/// What `fit` prints.
public enum Verbosity: Sendable {
    /// A bar on a terminal, lines otherwise.
    case automatic
    /// A line that follows the training, rewritten in place.
    case bar
    /// A line an epoch.
    case lines
    case silent
}

/// Prints how the training goes. Skips a line that cannot be written (a closed pipe, a full disk, a lost
/// terminal): the training goes on.
final class Progress {
    private let style: Verbosity
    private let epochs: Int
    private let unit: String
    private var epoch = 0
    /// Samples of the epoch; nil where that is not known.
    private var samples: Int?
    /// Those that were done before it began here.
    private var doneBefore = 0
    private var began = ContinuousClock.now
    /// Samples a second while training, up to the last batch; measuring the validation data is not counted.
    private var rate = 0.0
    private var lastDrawn: ContinuousClock.Instant?
    private var isLineOpen = false

    /// Redraws are at least this far apart: a terminal is slower than a small network.
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

    /// - Parameter waited: how long the epoch has waited for data so far.
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
        // A line longer than the terminal would wrap, and rewriting it would fill the screen. The "^C" that a
        // terminal shows must find room too.
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

    /// Ends the line that is being rewritten, so that what is printed next starts on one of its own.
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
        return lines.first { $0.count <= width } ?? lines.last ?? ""
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

    /// "12.3 s" below a minute, "2:05" from there, "1:02:05" from an hour on.
    static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        guard seconds >= 59.95 else { return "\(Scores.fixed(Float(seconds), 1)) s" }
        let total = Int(seconds.rounded())
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        let tail = (rest < 10 ? "0" : "") + String(rest)
        return hours > 0 ? "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)" : "\(minutes):\(tail)"
    }
}
