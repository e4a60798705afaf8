import Cognitron
import CognitronData
import CognitronModels
import CognitronText

extension Experiment {
    /// A talking program that knows its answers by heart: an LSTM with attention learns one answer to each
    /// question, and says what it says to questions that it has not met.
    ///
    /// - Source: Vinyals and Le, "A Neural Conversational Model" (2015), with a thousandth of its data.
    public static let dialogue = Experiment(
        "dialogue", "questions answered by heart, and what a network says to unseen ones"
    ) { settings in
        let parts =
            try settings.scale == .full
            ? DatasetSplit.allCases.map { try Dataset.dialogue.part($0, from: settings.data) }
            : SmallTalk.parts()
        let (train, test) = (parts[0], parts[1])
        let model = try ModelName.seq2seqLuong.trained(
            on: train,
            as: try train.seq2Seq(.luong, embedding: 64, units: settings.pick(full: 256, small: 64)),
            epochs: settings.pick(full: 40, small: 80), batchSize: 16,
            learningRate: settings.pick(full: 0.005, small: 0.01), settings)
        var table = FindingsTable(
            "Answers", columns: ["as in the set", "another one of the set", "made up"], format: .percent)
        let answers = Set(try train.written(by: model).texts.map(\.wanted))
        var notes: [String] = []
        for (name, part) in [("known questions", train), ("unseen questions", test)] {
            let texts = try part.written(by: model).texts
            let right = texts.count { $0.written == $0.wanted }
            let other = texts.count { $0.written != $0.wanted && answers.contains($0.written) }
            let all = Double(texts.count)
            table.add(
                name,
                [Double(right) / all, Double(other) / all, Double(texts.count - right - other) / all])
            notes += texts.prefix(settings.pick(full: 8, small: 4)).map {
                "\(name): \($0.source) → \($0.written)"
            }
        }
        return Findings([table], notes: notes)
    }
}

/// A few questions and answers, and the same questions in other words.
private enum SmallTalk {
    private static let known = [
        ("Hello!", "Hello, how are you?"), ("Good morning.", "Good morning to you."),
        ("What is your name?", "They call me Cog."), ("How old are you?", "I was born today."),
        ("Where do you live?", "In the memory of a machine."),
        ("Who made you?", "A teacher and her students."),
        ("Do you like music?", "I like drums best."), ("What do you eat?", "Numbers, and nothing else."),
        ("Can you dance?", "Only in circles."), ("Do you sleep?", "When nobody asks me anything."),
        ("Tell me a joke.", "A neuron walks into a bar."), ("What is the weather like?", "I have no window."),
        ("Do you have friends?", "A printer and two lamps."), ("Are you happy?", "My loss is small, so yes."),
        ("What is your favourite colour?", "Green, like old screens."),
        ("Can you count?", "One, two, three."),
        ("What time is it?", "Time to learn."), ("Do you love me?", "I have known you for a minute."),
        ("What can you do?", "I can answer twenty four questions."), ("Thank you.", "You are welcome."),
        ("Where is Paris?", "Paris is in France."), ("Where is Rome?", "Rome is in Italy."),
        ("Where is Madrid?", "Madrid is in Spain."), ("Goodbye.", "Come back soon."),
    ]
    private static let unseen = [
        ("Hello, what is your name?", "They call me Cog."),
        ("Do you like colour?", "Green, like old screens."),
        ("Where is France?", "Paris is in France."), ("Good, thank you.", "You are welcome."),
    ]

    static func parts() throws -> [DatasetPart] {
        let form = TextUnits.words.vectorization()
        let pairs = known.map { (source: $0.0, target: $0.1) }
        let coded = TextPairs(pairs, inputs: form, targets: form, sharesVocabulary: true)
        return [
            try coded.part(pairs, "small talk"),
            try coded.part(unseen.map { (source: $0.0, target: $0.1) }, "small talk"),
        ]
    }
}
