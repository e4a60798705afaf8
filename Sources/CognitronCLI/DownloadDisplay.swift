import CognitronData
import Foundation

/// Shows the progress of a download, in place on a terminal only.
final class DownloadDisplay {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var isLineOpen = false

    func show(_ progress: DownloadProgress) {
        guard isTerminal else { return }
        let percent = progress.total > 0 ? 100 * progress.received / progress.total : 0
        let megabytes = "\(progress.received / 1_000_000) of \(progress.total / 1_000_000) MB"
        Output.note("\r\u{1B}[K\(progress.file)  \(percent) %  \(megabytes)", terminator: "")
        isLineOpen = true
    }

    func end() {
        if isLineOpen { Output.note("") }
        isLineOpen = false
    }
}
