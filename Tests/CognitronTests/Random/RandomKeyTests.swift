import CognitronKernels
import Testing

@testable import Cognitron

@Suite("Random keys")
struct RandomKeyTests {
    @Test("A generator reads its key's blocks word by word")
    func generator() {
        let key = RandomKey(seed: 4)
        let words = (0..<3).flatMap { position in
            let block = key.philox.block(UInt64(position))
            return (0..<4).map { block[$0] }
        }
        var whole = key.generator()
        for i in stride(from: 0, to: 12, by: 2) {
            #expect(whole.next() == UInt64(words[i]) << 32 | UInt64(words[i + 1]))
        }
        var halves = key.generator()
        for word in words { #expect(halves.uniform(-1, 1) == -1 + 2 * Philox.uniform(word)) }
    }

    @Test("Other names, numbers and seeds give other keys")
    func folding() {
        let key = RandomKey(seed: 1)
        let keys = [
            key, RandomKey(seed: 2), key.folding("a"), key.folding("b"), key.folding(0), key.folding(1),
            key.folding("a").folding("b"), key.folding("b").folding("a"),
        ]
        #expect(Set(keys).count == keys.count)
    }
}
