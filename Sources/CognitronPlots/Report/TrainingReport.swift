import Cognitron
import CognitronData
import Foundation

/// A training as one page: its facts, its charts, what the network gets wrong and why, and every epoch's
/// numbers.
///
///     let report = TrainingReport(request, facts: [("Optimizer", "SGD"), ("Epochs", "5")])
///     try report.write(to: "lenet-shapes.html")
///
/// The page needs no other file and no network, and fits light and dark surroundings.
public struct TrainingReport: Sendable {
    public let title: String
    /// What was trained, on what and how, in the order in which it is shown.
    public let facts: [(name: String, value: String)]
    public let history: History
    /// In the order in which they are shown.
    public let plots: [Plot]
    /// The kinds of plots that the model or its data do not have, with the reasons.
    public let missing: [(kind: String, reason: String)]

    /// The kinds of a report by default: those that judge, those that explain, and the network.
    public static var kinds: [PlotKind] {
        [
            .curves, .confusion, .misclassified, .roc, .gradCAM, .filters, .featureMaps, .histograms, .model,
        ]
    }

    /// - Parameters:
    ///   - request: the model with its history and its test data.
    ///   - facts: further ones, after the report's own.
    ///   - kinds: the plots to draw. Those that the model or its data do not have are named at the end.
    /// - Throws: `CognitronError` where the history cannot be read.
    public init(
        _ request: PlotRequest, facts: [(String, String)] = [], kinds: [PlotKind] = Self.kinds
    ) throws {
        title = "Training of \(request.name)"
        let history = try request.readHistory()
        var (plots, missing) = ([Plot](), [(kind: String, reason: String)]())
        for kind in kinds {
            do {
                plots.append(try kind.plot(request))
            } catch let error as CognitronError {
                missing.append((kind.name, error.description))
            }
        }
        (self.history, self.plots, self.missing) = (history, plots, missing)
        let last = history.scores.keys.sorted().compactMap { name in
            history[name].last.map { (name, Double($0).text(isShare: Plot.isShare(name), digits: 4)) }
        }
        self.facts =
            [
                ("Parameters", request.model.parameterCount.grouped),
                ("Epochs trained", "\(history.epochs.count)"),
            ] + last.map { ("Last \($0.replacing("_", with: " "))", $1) } + facts
    }

    public func write(to path: String) throws { try AtomicFile.write(Data(html.utf8), to: path) }
}
