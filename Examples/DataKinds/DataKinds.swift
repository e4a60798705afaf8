import Cognitron

extension Experiment {
    /// Convolutions along one, two and three axes: sound, DNA, motion, pictures, spectrograms, volumes,
    /// video.
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
            let single = kind.comparesChannels ? kind.task.firstChannel() : nil
            table.add(
                kind.name,
                [
                    try kind.task.chance(), try kind.linearAccuracy(settings),
                    try single.map { try kind.accuracy(on: $0, settings) },
                    try kind.accuracy(on: kind.task, settings),
                ])
        }
        return Findings([table])
    }
}
