import Testing

/// Tensors and operations own the memory; everything above them computes with tensors alone.
@Suite("Pointers stay in Tensor and Operations")
struct PointerTests {
    private static let owners = ["Tensor/", "Operations/"]

    /// Keeps models alive, not numbers; holds numbers at a fixed place for a communicator.
    private static let exceptions = ["Training/Trainer+Fit.swift", "Communication/SumBuffer.swift"]

    @Test("No other folder takes a tensor's pointer or extends a lifetime")
    func onlyOwnersTakePointers() throws {
        let sources = try SourceTree(target: "Cognitron")
        let allowed = Self.owners + Self.exceptions
        let wrong = sources.code.filter { file in
            !allowed.contains { file.path.hasPrefix($0) } && Self.takesPointer(file.text)
        }
        #expect(wrong.isEmpty, "\(wrong.map(\.path).sorted().joined(separator: "\n"))")
    }

    @Test("A file whose code takes no pointers is no exception", arguments: exceptions)
    func listIsShort(_ prefix: String) throws {
        let files = try SourceTree(target: "Cognitron").code.filter { $0.path.hasPrefix(prefix) }
        #expect(files.contains { Self.takesPointer($0.text) }, "remove \(prefix) from the list")
    }

    @Test("Pointers and lifetimes are found, longer names are not")
    func finderReadsWords() {
        #expect(Self.takesPointer("kernel(x.pointer, 1)"))
        #expect(Self.takesPointer("let y = result.mutablePointer"))
        #expect(Self.takesPointer("withExtendedLifetime(x) {}"))
        #expect(!Self.takesPointer("let pointer = x.pointers + withExtendedLifetimes"))
    }

    private static func takesPointer(_ code: String) -> Bool {
        code.contains(/\.(pointer|mutablePointer)\b|\bwithExtendedLifetime\b/)
    }
}
