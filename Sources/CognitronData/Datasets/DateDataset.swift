import Cognitron

extension Dataset {
    /// Dates as people write them with their ISO forms, characters as tokens: 50,000 for training, 2,000 of
    /// other days for testing. See `Dates`.
    public static let dates = Dataset(
        "dates", "dates as people write them, into ISO's form", task: .text, shape: nil
    ) { split, _ in
        let form = TextVectorization(standardize: .lower, split: .character)
        let training = Dates().pairs(count: Dates.counts.train)
        let pairs = TextPairs(training, inputs: form, targets: form)
        return try pairs.part(
            split == .train ? training : Dates(split: .test).pairs(count: Dates.counts.test), "dates")
    }
    .drawn([.train: Dates.counts.train, .test: Dates.counts.test])
}

extension Dates {
    fileprivate static let counts = (train: 50_000, test: 2_000)
}
