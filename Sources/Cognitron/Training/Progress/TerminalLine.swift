import CognitronKernels
import Foundation

/// The last line of a terminal, rewritten in place. Text that cannot be written is dropped.
struct TerminalLine {
    /// The number of characters on the line; nil where none is open.
    private var drawn: Int?
    /// Whether text has colours: on a terminal, unless NO_COLOR is set (https://no-color.org).
    let hasColors: Bool

    private static let output = StandardStream.output
    private static let environment = ProcessInfo.processInfo.environment

    init() { hasColors = Self.isTerminal && (Self.environment["NO_COLOR"] ?? "").isEmpty }

    /// Whether standard output is a terminal that can rewrite a line.
    static var canRewrite: Bool { isTerminal && environment["TERM"] != "dumb" }

    private static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// The terminal's width in characters; 80 where it is not known.
    static var width: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Replaces the line. `bar`, where it is part of the line, is shown in colour.
    mutating func redraw(_ line: String, bar: ProgressBar? = nil) {
        var text = line
        if hasColors, let bar { text = text.replacing(bar.text, with: bar.colored) }
        Self.put("\(start)\r\(text)\u{1B}[K")
        drawn = line.count
    }

    /// Ends the line, so that later output starts on a new one.
    mutating func end() {
        guard drawn != nil else { return }
        Self.put("\n")
        drawn = nil
    }

    static func put(_ text: String) { try? output.write(text) }

    /// Returns to the line's first row and clears what follows. A terminal that has become narrower than the
    /// line has broken it into several rows, except those that cut it off instead.
    private var start: String {
        guard let drawn, Self.wrapsWhenNarrowed else { return "" }
        let rows = max(0, drawn - 1) / Self.width
        return rows > 0 ? "\u{1B}[\(rows)A\r\u{1B}[J" : ""
    }

    private static let wrapsWhenNarrowed =
        environment["TERM"] != "linux" && environment["XTERM_VERSION"] == nil
}

/// A bar of so many characters, filled to a share.
struct ProgressBar {
    private let filled: String
    private let empty: String

    /// - Parameter share: of the bar's width; limited to 0…1.
    init(share: Double, width: Int = 20) {
        let count = Int(min(max(share, 0), 1) * Double(width))
        filled = String(repeating: "━", count: count)
        empty = String(repeating: "╌", count: width - count)
    }

    var text: String { filled + empty }

    /// Cyan, and the rest dim.
    var colored: String { "\u{1B}[36m\(filled)\u{1B}[39;2m\(empty)\u{1B}[22m" }
}
