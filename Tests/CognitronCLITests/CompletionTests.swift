import Foundation
import Testing

@Suite("Completion by the shell")
struct CompletionTests {
    @Test("There are scripts for bash, zsh and fish", arguments: ["bash", "zsh", "fish"])
    func scripts(_ shell: String) throws {
        let program = try Program()
        let script = try program.run("--generate-completion-script", shell)
        #expect(script.status == 0 && script.output.count > 5_000)
        for word in ["train", "evaluate", "resnet18", "early-stopping"] {
            #expect(script.output.contains(word), "\(word)")
        }
    }

    @Test(
        "bash completes commands, options, names and files",
        arguments: [
            (["tra"], ["train"]), (["train", "--early"], ["--early-stopping"]),
            (["train", "--model", ""], ["lenet", "resnet18"]), (["train", "--model", "vgg"], ["vgg-lite"]),
            (["train", "--dataset", "fash"], ["fashion-mnist"]), (["train", "--config", "n"], ["net.yaml"]),
        ])
    func bash(_ words: [String], _ expected: [String]) throws {
        let program = try Program()
        let script = try program.run("--generate-completion-script", "bash").output
        try script.write(toFile: program.path("completion.bash"), atomically: true, encoding: .utf8)
        for name in ["net.yaml", "net.safetensors"] {
            try "".write(toFile: program.path(name), atomically: true, encoding: .utf8)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.currentDirectoryURL = URL(fileURLWithPath: program.folder)
        // As readline calls it: the command, the word to complete, and the one before.
        process.arguments =
            [
                "-c",
                #"""
                source completion.bash
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
                _cognitron cognitron "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\n' "${COMPREPLY[@]}"
                """#, "bash", "cognitron",
            ] + words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let replies = output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(Set(expected).isSubset(of: replies), "\(output)")
        #expect(words.last?.isEmpty == true || !replies.contains("resnet34"))
    }
}
