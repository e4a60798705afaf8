import CognitronDetection
import CognitronPlots
import Foundation

/// Scores as people read them.
enum ScoreText {
    /// `97.50 %` of an accuracy or another share, four significant digits of other scores.
    static func text(_ value: Float, of score: String) -> String {
        isShare(score) ? percent(value) : number(value)
    }

    static func percent(_ share: Float) -> String { String(format: "%.2f %%", share * 100) }

    /// Four significant digits, of large numbers all in front of the point.
    static func number(_ value: Float) -> String {
        String(format: (1e4..<1e9).contains(abs(value)) ? "%.0f" : "%.4g", value)
    }

    /// Whether a score is a share of the samples, or an average of shares.
    static func isShare(_ score: String) -> Bool {
        Plot.isShare(score) || DetectionScores.names.contains { score.hasSuffix($0) }
    }
}
