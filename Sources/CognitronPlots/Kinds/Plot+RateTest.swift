import Cognitron

extension Plot {
    /// The loss by the learning rate, with the rate where it falls fastest.
    public static func rateTest(
        _ test: LearningRateRangeTest, title: String = "Learning-rate range test"
    ) -> Plot {
        let rates = test.learningRates.map(Double.init)
        var steps = Chart.Series("each step", Array(zip(rates, test.losses.map(Double.init))), color: 5)
        (steps.isFaint, steps.hasDots) = (true, false)
        var smoothed = Chart.Series("smoothed", Array(zip(rates, test.smoothed.map(Double.init))), color: 0)
        smoothed.hasDots = false
        let marks = test.suggestion.map { rate in
            [Chart.Mark("steepest at \(Double(rate).significant(2))", at: Double(rate))]
        }
        return Chart(
            title, subtitle: "\(rates.count) steps, each with a higher rate",
            x: Chart.Axis("learning rate", scale: .logarithmic), y: Chart.Axis("loss"),
            series: [steps, smoothed], marks: marks ?? []
        ).plot()
    }
}
