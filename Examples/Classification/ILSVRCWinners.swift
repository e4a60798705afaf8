import CognitronPlots

extension Experiment {
    /// The winners of the ImageNet classification challenge from 2011 to 2017: the share of test pictures
    /// whose class is not among the five first guesses, and the number of layers with weights.
    ///
    /// Entries that used no other pictures than ImageNet's. Nothing is trained: the figures are those of the
    /// papers.
    ///
    /// - Source: Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge" (2015), tables 2 and
    ///   9 (2011 to 2014, people); He et al., "Deep Residual Learning" (2016); the challenge's results page
    ///   (2016); Hu, Shen and Sun, "Squeeze-and-Excitation Networks" (2018).
    public static let ilsvrcWinners = Experiment(
        "ilsvrc-winners", "the error of the ImageNet challenge's winners by year"
    ) { _ in
        var table = FindingsTable("Winner", columns: ["top-5 error in per cent", "layers"])
        for winner in winners { table.add(winner.label, [winner.error, winner.layers]) }
        table.add("people", [peopleError, nil])
        let errors = winners.map { (Double($0.year), $0.error / 100) }
        let layers = winners.compactMap { winner in winner.layers.map { (Double(winner.year), $0) } }
        let years = Chart.Axis("year", scale: .whole)
        let plot = Plot(
            "Winners of the ImageNet challenge",
            subtitle: winners.map(\.label).joined(separator: " · "),
            panels: [
                Chart(
                    "Top-5 error", x: years, y: Chart.Axis("", scale: .share, range: 0...0.28),
                    series: [Chart.Series("", errors)],
                    marks: [Chart.Mark("people, 5.1 %", at: peopleError / 100, .horizontal)]),
                Chart(
                    "Layers with weights", x: Chart.Axis("year", scale: .whole, range: 2010.6...2017.4),
                    y: Chart.Axis("", scale: .logarithmic), series: [Chart.Series("", layers, color: 1)]),
            ])
        return Findings([table], plots: ["ilsvrc-winners": plot])
    }

    private static let peopleError = 5.1

    /// Layers are those of one network of the winner, in 2013 of Zeiler and Fergus's; the winner of 2011 is
    /// no network, that of 2016 joins several kinds.
    private static let winners: [(year: Int, label: String, error: Double, layers: Double?)] = [
        (2011, "2011 XRCE, Fisher vectors", 25.8, nil), (2012, "2012 AlexNet", 16.4, 8),
        (2013, "2013 Clarifai", 11.7, 8), (2014, "2014 GoogLeNet", 6.7, 22), (2015, "2015 ResNet", 3.57, 152),
        (2016, "2016 Trimps-Soushen", 2.99, nil), (2017, "2017 SENet", 2.25, 154),
    ]
}
