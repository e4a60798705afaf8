import Foundation
import Testing

@Suite("cognitron train, translate and chat with pairs of texts")
struct TextCommandTests {
    private static let answers = [
        "what is red": "blood is red", "what is green": "grass is green", "who are you": "nobody",
        "where is rome": "rome is in italy", "where is oslo": "oslo is in norway", "are you there": "yes",
    ]

    @Test("Answers are learnt with some of their tokens told, and given back by both commands")
    func answers() throws {
        let program = try Program()
        // Each comes several times, so that all are among those trained on.
        let lines = Self.answers.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }
        let text = String(repeating: lines.joined(), count: 8)
        try Data(text.utf8).write(to: URL(fileURLWithPath: program.path("a.tsv")))
        let training = [
            "train", "--model", "seq2seq-luong", "--dataset", "text-pairs:a.tsv", "--epochs", "20",
            "--learning-rate", "0.01", "--batch-size", "8", "--output", "m",
        ]
        let trained = try program.start(training + ["--teacher-forcing", "0.5"]).wait()
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("Test exact 100.00 %"), "\(trained.output)")
        let translated = try program.run("translate", "m", "What is RED", "where is oslo")
        #expect(translated.output == "blood is red\noslo is in norway\n", "\(translated.errors)")
        let talk = try program.start(
            ["chat", "m"], script: #"printf 'who are you\nxyz\nwhere is rome\n\n' | "$0" "$@""#
        ).wait()
        #expect(talk.status == 0 && talk.output == "nobody\nrome is in italy\n")
        #expect(talk.errors.contains("the model knows nothing of this text"))
        // The options are kept beside the model, and count.
        let first = try program.data("m")
        #expect(try program.run("train", "--config", "m.yaml", "--output", "again").status == 0)
        #expect(try program.data("again") == first)
    }
}
