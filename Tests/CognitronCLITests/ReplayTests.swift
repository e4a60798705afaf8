import Foundation
import Testing

@Suite("The command cognitron replay")
struct ReplayTests {
    @Test("A training that fails says where it began, and replay says the same")
    func replay() throws {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
        let trained = try program.run(
            "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "3",
            "--batch-size", "8", "--augment", "flip,shift", "--learning-rate", "1e20", "--output",
            "net.safetensors")
        #expect(trained.status != 0)
        let match = try #require(
            trained.errors.firstMatch(of: /it begins in (.+?); expected finite numbers/), "\(trained.errors)")
        #expect(trained.errors.contains("the last steps are in net.flight.json"))
        #expect(program.files.contains("net.flight.json") && program.files.contains("net.flight.safetensors"))
        for threads in ["1", "2"] {
            let replayed = try program.run("replay", "net.flight.json", "--threads", threads)
            #expect(replayed.status == 0, "\(replayed.errors)")
            #expect(replayed.output.hasSuffix(":\n\(match.1)\n"), "\(replayed.output)")
        }
        let missing = try program.run("replay", "net.flight.safetensors")
        #expect(missing.status != 0 && missing.errors.contains("is no record of a failed training"))
    }

    @Test("A validation that fails says where it began, replay says the same, and no empty log is left")
    func validation() throws {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
        let trained = try program.run(
            "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--learning-rate", "1e30",
            "--output", "net.safetensors", "--log", "run.jsonl")
        #expect(trained.status == 1 && trained.errors.contains("(validation of epoch 1, batch 1 of 1)"))
        let match = try #require(
            trained.errors.firstMatch(of: /it begins in (.+?); expected finite numbers/), "\(trained.errors)")
        #expect(trained.errors.contains("the last steps are in net.flight.json"))
        let replayed = try program.run("replay", "net.flight.json")
        #expect(
            replayed.output == "Validation after step 1 (epoch 1, batch 1):\n\(match.1)\n",
            "\(replayed.errors)")
        #expect(program.files == ["digits", "net.flight.json", "net.flight.safetensors"])
    }
}
