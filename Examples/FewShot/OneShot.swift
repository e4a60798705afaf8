import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// Networks that have learnt to compare characters meet others that they have never seen, one picture of
    /// each: a Siamese network, one trained by triplets, and a prototypical one, all with the same tower.
    ///
    /// - Source: Koch et al., "Siamese Neural Networks for One-shot Image Recognition" (2015); Schroff et
    ///   al., "FaceNet" (2015); Snell et al., "Prototypical Networks for Few-shot Learning" (2017).
    public static let oneShot = Experiment(
        "one-shot", "characters of which a network has seen one picture: Siamese, triplets, prototypes"
    ) { settings in
        let (train, test) = try CharacterPictures.parts(settings)
        let training = EmbeddingTraining(train, settings)
        let count = settings.pick(full: 500, small: 60)
        let ways = [5, 20]
        let trials = try ways.map { try OneShotTrials(test, ways: $0, count: count, seed: settings.seed) }
        var table = FindingsTable(
            "Characters never trained on", columns: ways.map { "\($0)-way" } + ["verification"],
            format: .percent)
        func add(_ name: String, _ embedding: Embedding, verification: Double? = nil) {
            let shares: [Double?] = trials.map { $0.accuracy(embedding.vectors, embedding.distances) }
            table.add(name, shares + [verification])
        }

        table.add("chance", [0.2, 0.05, 0.5])
        add("nearest neighbour of pixels", Embedding(test.pictures.reshaped([test.labels.count, -1])))
        add("tower before training", Embedding(try training.untrained().predict(test.pictures)))
        settings.report("Siamese network")
        let (siamese, verification) = try training.siamese(test)
        add("Siamese, L1 distance", siamese, verification: verification)
        settings.report("triplets")
        let triplet = Embedding(try training.triplet().predict(test.pictures))
        add("triplet, semi-hard", triplet)
        settings.report("prototypes")
        let prototypical = Embedding(try training.prototypical().predict(test.pictures))
        add("prototypical", prototypical)
        return Findings([table], plots: ["one-shot": try sheet(trials[1], test, prototypical)])
    }

    /// The first trial: each query beside the example that was taken for its character.
    private static func sheet(
        _ trials: OneShotTrials, _ test: CharacterPictures, _ embedding: Embedding
    ) throws -> Plot {
        let trial = trials.trials[0]
        func cell(_ picture: Int, _ caption: String) -> PictureSheet.Cell {
            .init(Picture(test.pictures[picture]), caption: [caption])
        }
        let answers = trials.answers(trial, embedding.vectors, embedding.distances)
        let right = answers.enumerated().count { $0 == $1 }
        return try PictureSheet(
            "One-shot recognition", subtitle: "prototypical network, \(right) of \(answers.count) right",
            sections: [
                .init("One example of each character", trial.examples.map { cell($0, "") }, columns: 10),
                .init(
                    "The same characters by another hand",
                    zip(trial.queries.indices, trial.queries).map { place, query in
                        cell(query, answers[place] == place ? "found" : "missed")
                    }, columns: 10),
            ], side: 48
        ).plot()
    }
}

/// Vectors of pictures, and how far two are apart.
struct Embedding {
    let vectors: Tensor
    var distances: (_ queries: Tensor, _ examples: Tensor) -> Tensor = OneShotTrials.squaredDistances

    init(_ vectors: Tensor) { self.vectors = vectors }

    /// The vectors of a Siamese network's tower, whose distance is −Σ wᵢ · |a − b|ᵢ: the larger the
    /// probability of the same class, the smaller.
    init(_ vectors: Tensor, weights: Tensor) {
        self.vectors = vectors
        distances = { queries, examples in
            let (q, e, size) = (queries.shape[0], examples.shape[0], queries.shape[1])
            let differences = (queries.reshaped([q, 1, size]) - examples.reshaped([1, e, size])).absolute
            return -differences.matmul(weights).reshaped([q, e])
        }
    }
}
