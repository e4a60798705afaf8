import Testing

@testable import CognitronKernels

@Suite("Kernels along one axis: gathering, scattering, sorting, running sums")
struct IndexingTests {
    static let geometries: [ReductionGeometry] = [(1, 5, 1), (3, 7, 1), (2, 6, 9), (1, 40, 600), (4, 1, 3)]
        .map {
            ReductionGeometry(outer: $0.0, size: $0.1, inner: $0.2)
        }

    /// Repeatable indices below `size`, some of them equal.
    private func indices(_ count: Int, below size: Int) -> [Int] {
        numbers(count, seed: 9).map { Int(($0 + 1) / 2 * Float(size)) % size }
    }

    @Test("Gathering and scattering are plain loops", arguments: geometries, [1, 4, 50])
    func gatherAndScatter(_ g: ReductionGeometry, _ count: Int) {
        let at = indices(count, below: g.size)
        let x = numbers(g.outer * g.size * g.inner)
        var y = [Float](repeating: .nan, count: g.outer * count * g.inner)
        at.withUnsafeBufferPointer { Gather.gather(x, $0, into: &y, g) }
        let dy = numbers(y.count, seed: 2)
        var dx = x
        at.withUnsafeBufferPointer { Gather.scatterAdd(dy, $0, into: &dx, g) }
        var expected = x
        for o in 0..<g.outer {
            for (i, index) in at.enumerated() {
                for c in 0..<g.inner {
                    let (row, source) = ((o * count + i) * g.inner + c, (o * g.size + index) * g.inner + c)
                    #expect(y[row] == x[source])
                    expected[source] += dy[row]
                }
            }
        }
        #expect(dx == expected)
    }

    @Test("Scattered sums have the same bits for any number of workers")
    func scatterWorkers() {
        let g = ReductionGeometry(outer: 3, size: 11, inner: 1030)
        let at = indices(400, below: g.size)
        let dy = numbers(g.outer * at.count * g.inner)
        let results = withEachWorkerCount {
            var dx = [Float](repeating: 0, count: g.outer * g.size * g.inner)
            at.withUnsafeBufferPointer { Gather.scatterAdd(dy, $0, into: &dx, g) }
            return dx
        }
        for result in results { #expect(result == results[0]) }
    }

    @Test(
        "The first of the sorted elements are those of a stable sort", arguments: geometries, [false, true])
    func sorting(_ g: ReductionGeometry, _ descending: Bool) {
        // Few different numbers, so that many are equal.
        var x = numbers(g.outer * g.size * g.inner).map { ($0 * 4).rounded() }
        for i in stride(from: 2, to: x.count, by: 7) { x[i] = .nan }
        for count in [0, 1, (g.size + 1) / 2, g.size] where count <= g.size {
            var values = [Float](repeating: -9, count: g.outer * count * g.inner)
            var places = values
            Sorting.sort(x, g, first: count, descending: descending, values: &values, indices: &places)
            for lane in 0..<g.outer * g.inner {
                let (o, i) = (lane / g.inner, lane % g.inner)
                let elements = (0..<g.size).map { x[(o * g.size + $0) * g.inner + i] }
                let order = elements.indices.sorted { a, b in
                    let (p, q) = (elements[a], elements[b])
                    // NaN as a number above all others.
                    let (u, v) = (p.isNaN ? 1e9 : p, q.isNaN ? 1e9 : q)
                    return u == v ? a < b : descending ? u > v : u < v
                }
                for k in 0..<count {
                    let to = (o * count + k) * g.inner + i
                    #expect(places[to] == Float(order[k]))
                    #expect(values[to].bitPattern == elements[order[k]].bitPattern)
                }
            }
        }
    }

    @Test("Running sums and products are plain loops", arguments: geometries, [0, 1, 2, 3])
    func scans(_ g: ReductionGeometry, _ flags: Int) {
        let (exclusive, reverse) = (flags & 1 == 1, flags & 2 == 2)
        let x = numbers(g.outer * g.size * g.inner)
        var (sums, products) = (x, x)
        Scan.apply(.sum, x, into: &sums, g, exclusive: exclusive, reverse: reverse)
        Scan.apply(.product, x, into: &products, g, exclusive: exclusive, reverse: reverse)
        for o in 0..<g.outer {
            for i in 0..<g.inner {
                var (sum, product) = (Float(0), Float(1))
                for k in reverse ? Array((0..<g.size).reversed()) : Array(0..<g.size) {
                    let at = (o * g.size + k) * g.inner + i
                    let before = (sum, product)
                    (sum, product) = (sum + x[at], product * x[at])
                    #expect(sums[at] == (exclusive ? before.0 : sum))
                    #expect(products[at] == (exclusive ? before.1 : product))
                }
            }
        }
    }
}

@Suite("Loops over strided arrays")
struct StridedTests {
    /// Sizes, strides of x and strides of y.
    static let loops: [([Int], [Int], [Int])] = [
        ([4, 5], [5, 1], [5, 1]), ([4, 5], [10, 2], [5, 1]), ([4, 5], [0, 1], [5, 1]),
        ([4, 5], [1, 0], [5, 1]),
        ([3, 2, 4], [1, 3, 6], [8, 4, 1]), ([3, 1, 4], [4, 9, 1], [7, 9, 1]), ([0, 3], [3, 1], [3, 1]),
        ([3, 0], [3, 1], [3, 1]), ([1], [1], [1]), ([], [], []), ([2, 70_000], [70_000, 1], [70_001, 1]),
    ]

    @Test("A copy is that of plain loops, and writes nothing else", arguments: loops)
    func copy(_ sizes: [Int], _ xStrides: [Int], _ yStrides: [Int]) {
        let x = numbers(140_010)
        var y = [Float](repeating: 7, count: x.count)
        StridedCopy.copy(x, into: &y, StridedAxes(sizes, [xStrides, yStrides]))
        var expected = [Float](repeating: 7, count: x.count)
        for element in 0..<sizes.reduce(1, *) {
            var (rest, from, to) = (element, 0, 0)
            for axis in sizes.indices.reversed() {
                from += rest % sizes[axis] * xStrides[axis]
                to += rest % sizes[axis] * yStrides[axis]
                rest /= sizes[axis]
            }
            expected[to] = x[from]
        }
        #expect(y == expected)
    }
}
