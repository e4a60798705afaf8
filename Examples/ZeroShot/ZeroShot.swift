import Cognitron
import CognitronData
import CognitronPlots

extension Experiment {
    /// Pictures of shapes and their attributes (kind, colour, size) become vectors in one space, each picture
    /// near its attributes. Some combinations are kept out of training: their pictures are told apart by
    /// their attributes alone.
    ///
    /// - Source: Lampert et al., "Attribute-Based Classification for Zero-Shot Visual Object Categorization"
    ///   (2014); Frome et al., "DeViSE: A Deep Visual-Semantic Embedding Model" (2013).
    public static let zeroShot = Experiment(
        "zero-shot", "classes of which a network has seen no picture, only their attributes"
    ) { settings in
        let classes = HeldOutClasses(settings.seed, heldOut: 40)
        let model = try PictureAttributeModel(settings.seed)
        try model.fit(classes.seen, settings)
        var table = FindingsTable(
            "Combinations of kind, colour and size", columns: ["seen in training", "never seen", "chance"],
            format: .percent)
        let count = settings.pick(full: 4_000, small: 800)
        let everything = Array(ShapeAttributes.classNames.indices)
        func add(_ name: String, seen: [Int], new: [Int]) throws {
            let scores = try [(classes.seen, seen), (classes.new, new)].map { shown, candidates in
                try model.accuracy(on: shown, among: candidates, count: count, settings.seed)
            }
            table.add(name, [scores[0], scores[1], 1 / Double(new.count)])
        }
        try add("among the 40 new classes", seen: classes.seen, new: classes.new)
        try add("among all 240 classes", seen: everything, new: everything)
        return Findings(
            [table], plots: ["zero-shot": try model.sheet(of: classes.new, settings.seed)],
            notes: ["The first row's first column is among the 200 classes of the training."])
    }
}

/// The classes of the training, and those that are kept out of it: every kind, colour and size is among the
/// former.
private struct HeldOutClasses {
    let seen: [Int]
    let new: [Int]

    init(_ seed: UInt64, heldOut: Int) {
        var random = RandomKey(seed: seed).folding("held out").generator()
        let all = ShapeAttributes.classNames.indices.shuffled(using: &random)
        (new, seen) = (all.prefix(heldOut).sorted(), all.dropFirst(heldOut).sorted())
    }
}
