import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// Autoencoders of five kinds on the same pictures: how well they give them back, also from noisy
    /// pictures and noisy codes, how many numbers of a code they use, and what lies between two codes.
    ///
    /// - Source: Hinton and Salakhutdinov (2006); Vincent et al. (2008); Kingma and Welling (2014).
    public static let autoencoders = Experiment(
        "autoencoders", "what autoencoders keep of pictures, and how their latent spaces are ordered"
    ) { settings in
        let task = try AutoencoderTask(settings)
        let noisy = noisyPictures(task.test, settings)
        var table = FindingsTable(
            "Mean squared error on \(task.name)",
            columns: ["pictures", "noisy pictures", "noisy codes", "units in use", "deviation of codes"])
        let blank = try (task.meanPicture() - task.test).squared.mean()
        table.add("the mean picture", [Double(blank), nil, nil, nil, nil])
        var plots: [String: Plot] = [:]
        for network in networks {
            let model = try task.trained(network.name, epochs: settings.pick(full: 3, small: 20))
            table.add(network.name, try measures(model, task, noisy, settings))
            try draw(network, model, task, noisy, into: &plots)
        }
        return Findings(
            [table], plots: plots,
            notes: [
                "Noisy pictures have noise of deviation 0.3, noisy codes of half the deviation of each of "
                    + "their numbers. A unit is in use where it is above a hundredth of the largest of all. "
                    + "conv-autoencoder:32,1 was trained with noise of deviation 1 on its code: its codes grow "
                    + "until that is little beside them; a variational one's may not."
            ])
    }

    /// A network and what is drawn of it beside its reconstructions.
    private struct Subject {
        let name: String
        let file: String
        var drawings: Set<Drawing> = []

        enum Drawing { case denoised, interpolation, plane }
    }

    private static let networks = [
        Subject(name: "autoencoder", file: "dense"),
        Subject(
            name: "conv-autoencoder", file: "convolutional", drawings: [.denoised, .interpolation]),
        Subject(name: "conv-autoencoder:32,1", file: "latent-noise", drawings: [.interpolation]),
        Subject(name: "denoising-autoencoder", file: "denoising", drawings: [.denoised]),
        Subject(name: "sparse-autoencoder", file: "sparse"),
        Subject(name: "vae:16", file: "variational", drawings: [.interpolation]),
        Subject(name: "vae", file: "variational-plane", drawings: [.plane]),
    ]

    private static func noisyPictures(_ pictures: Tensor, _ settings: ExperimentSettings) -> Tensor {
        let key = RandomKey(seed: settings.seed).folding("noisy pictures")
        return pictures + .randomNormal(pictures.shape, standardDeviation: 0.3, key: key)
    }

    /// A row of the table.
    private static func measures(
        _ model: Model, _ task: AutoencoderTask, _ noisy: Tensor, _ settings: ExperimentSettings
    ) throws -> [Double] {
        let halves = try Autoencoder(model)
        func error(_ given: Tensor) -> Double { Double((given - task.test).squared.mean()) }
        let codes = try halves.encoder.predict(task.test)
        let deviations = codes.standardDeviation(axis: 0)
        let key = RandomKey(seed: settings.seed).folding("noisy codes")
        let moved = codes + deviations * .randomNormal(codes.shape, standardDeviation: 0.5, key: key)
        let limit = codes.absolute.max() / 100
        return [
            error(try model.predict(task.test)), error(try model.predict(noisy)),
            error(try halves.decoder.predict(moved)),
            Double((codes.absolute .> limit).mean()), Double(deviations.mean()),
        ]
    }

    private static func draw(
        _ network: Subject, _ model: Model, _ task: AutoencoderTask, _ noisy: Tensor,
        into plots: inout [String: Plot]
    ) throws {
        // One picture of each class, the first of it.
        let firsts = task.classNames.indices.compactMap { task.labels.firstIndex(of: $0) }
        let (some, seen) = (task.test.batch(firsts), noisy.batch(firsts))
        plots["\(network.file)-reconstructions"] = try .reconstructions(
            of: some, by: model, title: "Reconstructions of \(network.name)")
        if network.drawings.contains(.denoised) {
            plots["\(network.file)-denoised"] = try .reconstructions(
                of: seen, by: model, references: some, title: "Noisy pictures through \(network.name)")
        }
        if network.drawings.contains(.interpolation) {
            plots["\(network.file)-interpolation"] = try .interpolation(
                between: stride(from: 0, to: firsts.count - 1, by: 2).map { (some[$0], some[$0 + 1]) },
                by: model, title: "Through the latent space of \(network.name)")
        }
        guard network.drawings.contains(.plane) else { return }
        let count = min(2_000, task.labels.count)
        let samples = task.test[0..<count]
        plots["\(network.file)-codes"] = try .latent(
            of: samples, labels: Tensor(Array(task.labels[0..<count])), classNames: task.classNames,
            by: model, title: "Codes of \(network.name)")
        plots["\(network.file)-map"] = try .latentGrid(
            of: samples, by: model, title: "Map of the latent space of \(network.name)")
    }
}
