/// Finds the pairs of tokens to join, most frequent first.
///
/// After a pair is joined, only the counts of its neighbours in the pieces that have it change.
struct BytePairTrainer {
    typealias Pair = BytePairEncoding.Pair

    private var pieces: [[Int]]
    /// How often each piece occurs.
    private let occurrences: [Int]
    private var counts: [Pair: Int] = [:]
    /// The pieces that have a pair, or had it.
    private var places: [Pair: Set<Int>] = [:]
    private var queue = PairQueue()
    private var vocabulary: [String]
    private var taken: Set<String>

    /// - Parameters:
    ///   - pieces: the tokens that each piece starts as, and how often it occurs.
    ///   - vocabulary: these tokens by number.
    init(_ pieces: [(tokens: [Int], count: Int)], vocabulary: [String]) {
        (self.pieces, occurrences) = (pieces.map(\.tokens), pieces.map(\.count))
        (self.vocabulary, taken) = (vocabulary, Set(vocabulary))
        var changed: Set<Pair> = []
        for piece in pieces.indices { count(piece, 1, &changed) }
        enqueue(changed)
    }

    /// The first pairs, at most so many: none that occurs once.
    mutating func merges(_ count: Int) -> [Pair] {
        var merges: [Pair] = []
        while merges.count < count, let pair = mostFrequent() {
            merges.append(pair)
            join(pair)
        }
        return merges
    }

    /// Pairs whose token exists already are passed over.
    private mutating func mostFrequent() -> Pair? {
        while let (pair, count) = queue.removeFirst() {
            let isCurrent = counts[pair] == count
            if isCurrent, !taken.contains(vocabulary[pair.left] + vocabulary[pair.right]) { return pair }
        }
        return nil
    }

    private mutating func join(_ pair: Pair) {
        let number = vocabulary.count
        vocabulary.append(vocabulary[pair.left] + vocabulary[pair.right])
        taken.insert(vocabulary[number])
        var changed: Set<Pair> = []
        for piece in places.removeValue(forKey: pair) ?? [] {
            count(piece, -1, &changed)
            pieces[piece] = pieces[piece].joining(pair, as: number)
            count(piece, 1, &changed)
        }
        enqueue(changed)
    }

    /// Adds a piece's pairs to the counts, or takes them away. Bytes are joined to nothing.
    private mutating func count(_ piece: Int, _ sign: Int, _ changed: inout Set<Pair>) {
        let tokens = pieces[piece]
        for (left, right) in zip(tokens, tokens.dropFirst())
        where min(left, right) >= BytePairEncoding.byteCount {
            let pair = Pair(left: left, right: right)
            counts[pair, default: 0] += sign * occurrences[piece]
            if sign > 0 { places[pair, default: []].insert(piece) }
            changed.insert(pair)
        }
    }

    private mutating func enqueue(_ changed: Set<Pair>) {
        for pair in changed {
            if let count = counts[pair], count > 1 {
                queue.insert(pair, count)
            } else if counts[pair] == 0 {
                counts[pair] = nil
            }
        }
    }
}

/// Pairs by their counts: a binary heap, the most frequent first and of equals the one of lower numbers.
private struct PairQueue {
    private var heap: [(pair: BytePairEncoding.Pair, count: Int)] = []

    mutating func insert(_ pair: BytePairEncoding.Pair, _ count: Int) {
        heap.append((pair, count))
        var place = heap.count - 1
        while place > 0, precedes(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() -> (pair: BytePairEncoding.Pair, count: Int)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var place = 0
        while true {
            var next = place
            for child in 2 * place + 1...2 * place + 2 where child < heap.count && precedes(child, next) {
                next = child
            }
            if next == place { return first }
            heap.swapAt(place, next)
            place = next
        }
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        let (a, b) = (heap[one], heap[other])
        return (b.count, a.pair.left, a.pair.right) < (a.count, b.pair.left, b.pair.right)
    }
}
