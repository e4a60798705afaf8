import Cognitron
import Testing

@testable import CognitronCLI

@Suite("Recipes of cognitron train")
struct RecipeTests {
    private func command(_ words: String...) throws -> TrainCommand {
        try TrainCommand.parse(Array(RecipeName.expanding(["train"] + words).dropFirst()))
    }

    @Test("A recipe stands for its options; those on the command line take their places")
    func expands() throws {
        let words = ["--epochs", "2", "--seed=3"]
        for name in [["--recipe", "cifar10-fast"], ["--recipe=CIFAR10-fast"]] {
            let expanded = RecipeName.expanding(["train"] + name + words)
            #expect(expanded.contains("--model=airbench94") && !expanded.contains("--epochs=8"))
            #expect(expanded.suffix(words.count) == words[...])
        }
        let command = try command("--recipe", "cifar10-fast", "--batch-size", "100", "--seed", "3")
        #expect(command.recipe.model.name == "airbench94" && command.recipe.epochs == 8)
        #expect(command.recipe.batchSize == 100 && command.recipe.seed == 3)
        #expect(command.running.views == .six)
        let others = ["predict", "--recipe", "cifar10-fast"]
        #expect(RecipeName.expanding(others) == others)
    }

    @Test("Every recipe is made of options that train takes", arguments: RecipeName.table.names)
    func areValid(_ name: String) throws {
        let command = try command("--recipe", name)
        #expect(command.recipe.recipe == (try RecipeName(named: name)))
        // What the file of options keeps repeats the same training.
        let words = Setting.all(of: command).flatMap(\.words)
        #expect(RecipeName.expanding(["train"] + words).dropFirst().sorted() == words.sorted())
        #expect(try TrainCommand.parse(words).recipe.recipe == command.recipe.recipe)
    }

    @Test("An unknown recipe is refused with the list")
    func unknown() {
        let error = #expect(throws: (any Error).self) { try command("--recipe", "cifar10-fst") }
        let message = error.map(TrainCommand.message(for:)) ?? ""
        #expect(message.contains("cifar10-fast") && message.contains("did you mean"), "\(message)")
        #expect(RecipeName.expanding(["train", "--recipe"]) == ["train", "--recipe"])
    }

    @Test("A recipe trains on other data too, and reports plain and averaged accuracy and speed")
    func trains() throws {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("d"))
        let result = try program.run(
            "train", "--recipe", "cifar10-fast", "--dataset", "mnist", "--data", "d", "--epochs", "2",
            "--batch-size", "20", "--output", "m")
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("Test accuracy ") && $0.hasSuffix("on 20 pictures") })
        #expect(lines.contains { $0.hasPrefix("Test accuracy ") && $0.hasSuffix("over 6 views") })
        #expect(lines.contains { $0.hasPrefix("Trained at ") && $0.hasSuffix(" pictures/s") })
    }

    @Test("Views are of pictures with classes only")
    func views() throws {
        let program = try Program()
        let table = "a,b\n" + (0..<30).map { "\($0),\($0 % 7).5\n" }.joined()
        try table.write(toFile: program.path("t.csv"), atomically: true, encoding: .utf8)
        let result = try program.run("train", "--model", "mlp", "--dataset", "csv:t.csv", "--views", "6")
        #expect(result.status != 0 && result.errors.contains("--views"), "\(result.errors)")
    }
}
