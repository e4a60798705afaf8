import Cognitron

// Autoencoders: what they give back, and their latent spaces.
extension PlotKind {
    private static let picturesThrough = "an autoencoder and pictures: files, or some of the data"
    private static let codes = "an autoencoder and data"

    public static let reconstructions = PlotKind(
        "reconstructions", "pictures beside what the model gives back", needs: picturesThrough
    ) {
        let subjects = try $0.subjects(count: $0.limit ?? 16)
        guard !subjects.isEmpty else { throw noData }
        return try .reconstructions(
            of: .stacked(subjects.map(\.picture)), by: $0.model, title: "Reconstructions of \($0.name)")
    }
    public static let interpolation = PlotKind(
        "interpolation", "from one picture to another through the latent space", needs: picturesThrough
    ) {
        let pictures = try $0.subjects(count: 2 * ($0.limit ?? 6)).map(\.picture)
        guard pictures.count >= 2 else {
            throw CognitronError(
                .argument, "interpolation", "goes from one picture to another", expected: "at least two",
                got: "\(pictures.count)")
        }
        let pairs = stride(from: 0, to: pictures.count - 1, by: 2).map { (pictures[$0], pictures[$0 + 1]) }
        return try .interpolation(
            between: pairs, by: $0.model, title: "Through the latent space of \($0.name)")
    }
    public static let latent = PlotKind("latent", "the codes of samples in a plane", needs: codes) {
        let batch = try $0.batch(count: $0.limit ?? 2000)
        return try .latent(
            of: batch.inputs[0], labels: try $0.labels(of: batch), classNames: $0.classNames, by: $0.model,
            title: "Latent space of \($0.name)")
    }
    public static let latentGrid = PlotKind(
        "latent-grid", "what the codes of that plane stand for, as a map", needs: codes
    ) {
        let batch = try $0.batch(count: 2000)
        return try .latentGrid(
            of: batch.inputs[0], by: $0.model, count: min($0.limit ?? 16, 64),
            title: "Map of the latent space of \($0.name)")
    }
}
