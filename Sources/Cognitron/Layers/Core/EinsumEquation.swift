/// An equation such as `abc,cd->abd`, for an input of a known number of axes: which axes are summed over, and
/// in which order the others come.
struct EinsumEquation {
    /// One letter an axis; an ellipsis has become digits.
    let input: [Character]
    let kernel: [Character]
    let output: [Character]
    /// How many axes the ellipsis stands for.
    let elided: Int
    let isLeftElided: Bool

    /// In both arrays and the output: a product for each index.
    var shared: [Character] { kernel.filter { input.contains($0) && output.contains($0) } }
    /// In the input and the output only.
    var kept: [Character] { input.filter { output.contains($0) && !kernel.contains($0) } }
    /// In both arrays only: summed over.
    var summed: [Character] { kernel.filter { input.contains($0) && !output.contains($0) } }
    /// In the kernel and the output only.
    var free: [Character] { output.filter { !input.contains($0) } }

    /// - Parameter rank: of the input, with the batch.
    /// - Throws: what is wrong, as a `RuleProblem`.
    init(_ text: String, rank: Int) throws(Problem) {
        let sides = text.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
        let terms = sides.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        guard sides.count == 2, terms.count == 2 else {
            throw Problem("an equation of the form ab,bc->ac")
        }
        let letters = rank - terms[0].replacing("...", with: "").count
        let digits = Array("0123456789").prefix(max(0, letters))
        func axes(_ term: Substring) -> [Character] {
            guard let dots = term.firstRange(of: "...") else { return Array(term) }
            return Array(term[..<dots.lowerBound]) + digits + Array(term[dots.upperBound...])
        }
        input = axes(terms[0])
        kernel = Array(terms[1])
        output = axes(sides[1])
        isLeftElided = terms[0].hasPrefix("...")
        elided = terms[0].contains("...") ? digits.count : 0
        try check(terms[0], sides[1], rank)
    }

    private func check(_ inputTerm: Substring, _ outputTerm: Substring, _ rank: Int) throws(Problem) {
        for term in [input, kernel, output] {
            guard term.allSatisfy({ $0.isLetter || $0.isNumber }), Set(term).count == term.count else {
                throw Problem("each axis as a letter of its own, and at most one ellipsis")
            }
        }
        guard inputTerm.contains("...") == outputTerm.contains("...") else {
            throw Problem("an ellipsis in the input and the output, or in none")
        }
        guard input.count == rank else {
            throw Problem("an input of \(rank) axes, the batch being the first")
        }
        let known = Set(input + kernel)
        guard output.allSatisfy(known.contains), kernel.allSatisfy(Set(input + output).contains) else {
            throw Problem(
                "an output of axes of the input or kernel, and a kernel of axes of the input or output")
        }
        guard input.allSatisfy(Set(kernel + output).contains) else {
            throw Problem("every axis of the input in the kernel or the output")
        }
        guard output.first == input.first, input.first.map({ !kernel.contains($0) }) ?? false else {
            throw Problem("the batch as the first axis of input and output, and not in the kernel")
        }
    }

    /// What an equation was expected to be.
    struct Problem: Error {
        let expected: String

        init(_ expected: String) { self.expected = expected }
    }
}

extension Tensor {
    /// The axes, named by `letters`, in the order of `target`.
    func arranged(_ letters: [Character], as target: [Character]) -> Tensor {
        guard letters != target else { return self }
        return permuted(target.map { letter in letters.firstIndex(of: letter) ?? 0 })
    }
}
