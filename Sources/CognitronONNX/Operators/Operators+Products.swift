import Cognitron

extension Operators {
    static let products: [String: Operation] = [
        "MatMul": { call in
            let (a, b) = (try call.input(0), try call.input(1))
            return [a.with(try matmul(a.tensor, b.tensor))]
        },
        "Gemm": { call in
            var (a, b) = (try call.input(0).tensor, try call.input(1).tensor)
            guard a.rank == 2, b.rank == 2 else { throw ImportProblem("Gemm of \(a.shape) and \(b.shape)") }
            if call.node.int("transA") != 0 { a = a.permuted([1, 0]) }
            if call.node.int("transB") != 0 { b = b.permuted([1, 0]) }
            var y = try matmul(a, b)
            let (alpha, beta) = (call.node.float("alpha", 1), call.node.float("beta", 1))
            if alpha != 1 { y *= alpha }
            if let c = call.optional(2) {
                guard try OperatorCall.broadcast([c.shape, y.shape]) == y.shape else {
                    throw ImportProblem("adds \(c.shape) to \(y.shape)")
                }
                y = y + (beta == 1 ? c.tensor : c.tensor * beta)
            }
            return [ONNXTensor(y, try call.input(0).type)]
        },
        "Einsum": einsum,
        "Det": { call in
            let x = try call.input(0)
            guard x.rank >= 2, x.shape[x.rank - 1] == x.shape[x.rank - 2] else {
                throw ImportProblem("the determinant of \(x.shape)")
            }
            let size = x.shape[x.rank - 1]
            let scalars = x.tensor.scalars
            let count = size == 0 ? 0 : scalars.count / (size * size)
            let values = (0..<count).map {
                determinant(Array(scalars[$0 * size * size..<($0 + 1) * size * size]), size)
            }
            return [x.with(Tensor(values, shape: Shape(x.shape.dropLast(2))))]
        },
    ]

    /// NumPy's matmul: stacks of matrices broadcast; a vector is a row on the left and a column on the right.
    static func matmul(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        guard a.rank > 0, b.rank > 0 else { throw ImportProblem("the product of a number") }
        let x = a.rank == 1 ? a.reshaped([1, a.count]) : a
        let y = b.rank == 1 ? b.reshaped([b.count, 1]) : b
        let (m, k, n) = (x.shape[x.rank - 2], x.shape[x.rank - 1], y.shape[y.rank - 1])
        guard k == y.shape[y.rank - 2] else {
            throw ImportProblem("the product of \(a.shape) and \(b.shape)")
        }
        let stack = try OperatorCall.broadcast([Shape(x.shape.dropLast(2)), Shape(y.shape.dropLast(2))])
        let shape = try OperatorCall.shape(Array(stack) + [m, n])
        var result: Tensor
        if shape.elementCount == 0 || k == 0 {
            result = .zeros(shape)
        } else {
            result = x.matmul(y)
        }
        if a.rank == 1 { result = result.reshaped(Shape(Array(stack) + [n])) }
        if b.rank == 1 { result = result.reshaped(Shape(result.shape.dropLast())) }
        return result
    }

    /// By elimination with pivots.
    private static func determinant(_ matrix: [Float], _ size: Int) -> Float {
        var (m, result) = (matrix.map(Double.init), 1.0)
        for column in 0..<size {
            let pivot =
                (column..<size).max { abs(m[$0 * size + column]) < abs(m[$1 * size + column]) } ?? column
            guard m[pivot * size + column] != 0 else { return 0 }
            if pivot != column {
                for place in 0..<size { m.swapAt(pivot * size + place, column * size + place) }
                result = -result
            }
            result *= m[column * size + column]
            for row in column + 1..<size {
                let factor = m[row * size + column] / m[column * size + column]
                for place in column..<size { m[row * size + place] -= factor * m[column * size + place] }
            }
        }
        return Float(result)
    }

    /// Products of all inputs, each spread over all letters, summed over those that the output lacks.
    private static let einsum: Operation = { call in
        let inputs = try call.inputs.indices.map { try call.input($0).tensor }
        let equation = call.node.string("equation").filter { $0 != " " }
        let sides = equation.split(separator: "->", omittingEmptySubsequences: false).map(String.init)
        var terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard terms.count == inputs.count, sides.count <= 2 else {
            throw ImportProblem("the equation \(equation)")
        }
        // Letters beyond Z stand for the axes that an ellipsis hides.
        let hidden = zip(terms, inputs).map { term, input in
            term.contains("...") ? input.rank - (term.count - 3) : 0
        }
        let most = hidden.max() ?? 0
        guard hidden.allSatisfy({ $0 >= 0 }), most < 10 else {
            throw ImportProblem("the equation \(equation)")
        }
        let names = "0123456789".prefix(most)
        terms = zip(terms, hidden).map { $0.replacing("...", with: names.suffix($1)) }
        let output: [Character]
        if sides.count == 2 {
            output = Array(sides[1].replacing("...", with: names))
        } else {
            let letters = terms.joined()
            output =
                Array(names)
                + Set(letters).filter { letter in
                    !names.contains(letter) && letters.filter { $0 == letter }.count == 1
                }.sorted()
        }
        var sizes: [Character: Int] = [:]
        var order = output
        for (term, input) in zip(terms, inputs) {
            guard term.count == input.rank else {
                throw ImportProblem("the equation \(equation) for \(input.shape)")
            }
            for (letter, size) in zip(term, input.shape) {
                if !order.contains(letter) { order.append(letter) }
                if let known = sizes[letter], known != 1, size != 1, known != size {
                    throw ImportProblem("sizes \(known) and \(size) of \(letter)")
                }
                sizes[letter] = Swift.max(sizes[letter] ?? 1, size)
            }
        }
        guard Set(output).count == output.count, output.allSatisfy({ sizes[$0] != nil }) else {
            throw ImportProblem("the equation \(equation)")
        }
        let full = try OperatorCall.shape(order.map { sizes[$0] ?? 1 })
        let spread = zip(terms, inputs).map { aligned($1, Array($0), to: order) }
        let result: Tensor
        if spread.count == 2, let product = contracted(spread[0], spread[1], output.count, full) {
            result = product
        } else {
            let product = spread.dropFirst().reduce(spread[0]) { $0 * $1 }.broadcast(to: full)
            result = product.sum(axes: Array(output.count..<order.count))
        }
        return [try call.input(0).with(result)]
    }

    /// A tensor with its axes in the order of all letters, of size 1 where it has none; of a letter that it
    /// has twice, the diagonal.
    private static func aligned(_ x: Tensor, _ letters: [Character], to order: [Character]) -> Tensor {
        var (x, letters) = (x, letters)
        while let first = letters.indices.first(where: { letters[($0 + 1)...].contains(letters[$0]) }),
            let second = letters[(first + 1)...].firstIndex(of: letters[first])
        {
            let size = Swift.min(x.shape[first], x.shape[second])
            let rows = (0..<size).map { place in
                x.slice(axis: second, place).slice(axis: first, place..<place + 1)
            }
            x = .concatenated(rows, axis: first)
            letters.remove(at: second)
        }
        let known = order.filter(letters.contains)
        let sorted = known.compactMap { letters.firstIndex(of: $0) }
        let moved = sorted.count < 2 ? x : x.permuted(sorted)
        var sizes: [Int] = []
        var next = 0
        for letter in order {
            if letters.contains(letter) {
                sizes.append(moved.shape[next])
                next += 1
            } else {
                sizes.append(1)
            }
        }
        return moved.reshaped(Shape(sizes))
    }

    /// A product and sum of two tensors as products of matrices; nil where an axis is in neither role.
    private static func contracted(_ a: Tensor, _ b: Tensor, _ kept: Int, _ full: Shape) -> Tensor? {
        let summed = Array(kept..<full.rank)
        guard !summed.isEmpty, summed.allSatisfy({ a.shape[$0] == full[$0] && b.shape[$0] == full[$0] })
        else { return nil }
        let shared = (0..<kept).filter { a.shape[$0] == full[$0] && b.shape[$0] == full[$0] }
        let left = (0..<kept).filter { !shared.contains($0) && a.shape[$0] == full[$0] }
        let right = (0..<kept).filter { !shared.contains($0) && !left.contains($0) }
        guard right.allSatisfy({ b.shape[$0] == full[$0] }), left.allSatisfy({ b.shape[$0] == 1 }),
            right.allSatisfy({ a.shape[$0] == 1 })
        else { return nil }
        func count(_ axes: [Int]) -> Int { axes.reduce(1) { $0 * full[$1] } }
        let k = count(summed)
        let x = a.permuted(shared + left + right + summed).reshaped([count(shared), count(left), k])
        let y = b.permuted(shared + right + left + summed).reshaped([count(shared), count(right), k])
        let product = x.matmul(y, transposingOther: true)
            .reshaped(Shape((shared + left + right).map { full[$0] }))
        let order = shared + left + right
        let back = (0..<kept).compactMap { order.firstIndex(of: $0) }
        return back.count < 2 ? product : product.permuted(back)
    }
}
