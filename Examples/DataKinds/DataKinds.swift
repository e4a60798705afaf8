import Cognitron

extension Experiment {
    /// Convolutions along one, two and three axes: sound, DNA, motion, pictures, spectrograms, volumes, video.
    ///
    /// Each network stands beside guessing and a linear classifier of the same numbers; where the channels
    /// matter, also beside itself with the first channel alone.
    public static let dataKinds = Experiment(
        "data-kinds", "convolutions on sound, DNA, motion, pictures, volumes and video"
    ) { settings in
        var kinds = try DataKind.drawn(settings)
        if settings.scale == .full { kinds += try DataKind.recorded(settings) }
        var table = FindingsTable(
            "Test accuracy", columns: ["chance", "linear", "first channel", "network"], format: .percent)
        for kind in kinds {
            settings.report(kind.name)
            func accuracy(_ model: Sequential, _ task: ClassifierTask) throws -> Double {
                try task.accuracy(of: model, epochs: kind.epochs, learningRate: 0.003, settings)
            }
            let single = kind.comparesChannels ? kind.task.firstChannel() : nil
            table.add(
                kind.name,
                [
                    try kind.task.chance(), try accuracy(kind.task.linearModel(), kind.task),
                    try single.map { try accuracy(kind.model(for: $0), $0) },
                    try accuracy(kind.model(for: kind.task), kind.task),
                ])
        }
        return Findings([table])
    }
}
