import Cognitron

extension Plot {
    /// The scores of a training, epoch by epoch: a chart for each score, with the training's curve and the
    /// validation's.
    ///
    ///     try Plot.curves(history, title: "LeNet on shapes").write(to: "curves.svg")
    ///
    /// - Parameters:
    ///   - learningRates: one for each epoch, for a chart of their own; by default those of the history's
    ///     score `learning_rate`, if it has one.
    public static func curves(
        _ history: History, title: String = "Training", learningRates: [Float]? = nil
    ) -> Plot {
        let rates = learningRates ?? history[Self.learningRate]
        let names = history.scores.keys.filter { $0 != Self.learningRate }
        let trained = names.filter { !$0.hasPrefix(Self.validation) }
        let untrained = names.compactMap { name -> String? in
            guard name.hasPrefix(Self.validation) else { return nil }
            let base = String(name.dropFirst(Self.validation.count))
            return trained.contains(base) ? nil : base
        }
        let sorted = (trained + untrained).sorted { ($0 == "loss" ? "" : $0) < ($1 == "loss" ? "" : $1) }
        var panels = sorted.map { chart(ofScore: $0, history) }
        if !rates.isEmpty {
            panels.append(
                Chart(
                    "Learning rate", x: Chart.Axis("epoch", scale: .whole),
                    y: Chart.Axis("", scale: Self.isWide(rates) ? .logarithmic : .linear),
                    series: [
                        Chart.Series(
                            "learning rate\(Self.last(rates, isShare: false))", points(rates, history),
                            color: 2)
                    ]))
        }
        let epochs = history.epochs.count
        return Plot(title, subtitle: "\(epochs) epoch\(epochs == 1 ? "" : "s")", panels: panels)
    }

    static let learningRate = "learning_rate"
    private static let validation = "val_"

    /// Whether a score is a share of the samples, which is shown in per cent.
    package static func isShare(_ score: String) -> Bool { score.hasSuffix("accuracy") }

    private static func chart(ofScore name: String, _ history: History) -> Chart {
        let isShare = isShare(name)
        let training = history[name]
        let measured = history[validation + name]
        let words = name.replacing("_", with: " ")
        var series: [Chart.Series] = []
        for (kind, values, style, color) in [
            ("training", training, Chart.Series.Style.dashed, 1), ("validation", measured, .line, 0),
        ] where !values.isEmpty {
            series.append(
                Chart.Series(
                    "\(kind)\(last(values, isShare: isShare))", points(values, history), style: style,
                    color: color))
        }
        let isWide = name.hasSuffix("loss") && isWide(training + measured)
        return Chart(
            words.prefix(1).uppercased() + words.dropFirst(), x: Chart.Axis("epoch", scale: .whole),
            y: Chart.Axis("", scale: isShare ? .share : (isWide ? .logarithmic : .linear)), series: series)
    }

    /// ` (last 0.213)`
    private static func last(_ values: [Float], isShare: Bool) -> String {
        guard let value = values.last.map(Double.init) else { return "" }
        return " (last \(value.text(isShare: isShare, digits: 4)))"
    }

    /// Whether the numbers are positive and differ more than a linear axis can show.
    private static func isWide(_ values: [Float]) -> Bool {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max(), low > 0 else { return false }
        return high / low > 100
    }

    /// The numbers with their epochs. Where there are fewer than epochs, they were measured every so many
    /// epochs, or the last one was interrupted.
    private static func points(_ values: [Float], _ history: History) -> [(Double, Double)] {
        let epochs = history.epochs
        let every = (1...max(1, epochs.count)).lazy
            .map { step in epochs.filter { $0 % step == 0 } }.first { $0.count == values.count }
        let known = values.count == epochs.count - 1 ? epochs.dropLast() : (every ?? epochs)[...]
        return zip(known, values).map { (Double($0), Double($1)) }
    }
}

extension Double {
    /// A score: a share in per cent with two decimals, else with so many significant digits.
    func text(isShare: Bool, digits: Int) -> String { isShare ? percent(2) : significant(digits) }
}
