import ArgumentParser
import Cognitron
import CognitronPrediction
import CognitronText
import Foundation

/// `cognitron chat`: answers each line with a saved model that writes texts of texts.
struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Answers lines with a saved model.",
        usage: "cognitron chat <model> [<options>]",
        discussion: """
            The model is one that writes a text for a text, such as seq2seq-luong, trained on questions and \
            answers. Lines come from the terminal or from standard input; an empty line ends.

            Examples:
              cognitron train --model seq2seq-luong --dataset dialogue --epochs 60 --learning-rate 0.005
              cognitron train --model seq2seq-luong --dataset text-pairs:answers.tsv
              cognitron chat seq2seq-luong-dialogue.safetensors
            """)

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Option(number: "How many answers are followed side by side in search of the likeliest.")
    var beam = 1

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard beam >= 1 else { throw ValidationError("--beam: expected at least 1, got \(beam)") }
    }

    func run() throws {
        try threads.apply()
        let translator = try ModelFile(model).translator(beam: beam)
        let isTerminal = isatty(STDIN_FILENO) != 0
        while true {
            if isTerminal { Output.note("> ", terminator: "") }
            guard let line = readLine(), !line.allSatisfy(\.isWhitespace) else { return }
            do {
                try Output.result(try translator.texts(for: [line])[0])
            } catch let error as CognitronError where error.kind == .data {
                // A text of unknown words: the talk goes on.
                Output.warn("\(error)")
            }
        }
    }
}
