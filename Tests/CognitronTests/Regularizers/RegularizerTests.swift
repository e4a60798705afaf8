import Foundation
import Testing

@testable import Cognitron

@Suite("Regularizers")
struct RegularizerTests {
    private let value: Tensor = [[1, -2], [0, 3]]

    @Test("Penalties and gradients by hand")
    func byHand() {
        #expect(Regularizer.l1(0.5).penalty(of: value) == 3)
        #expect(Regularizer.l1(0.5).gradient(at: value) == [[0.5, -0.5], [0, 0.5]])
        #expect(Regularizer.l2(0.5).penalty(of: value) == 7)
        #expect(Regularizer.l2(0.5).gradient(at: value) == [[1, -2], [0, 3]])
        #expect(Regularizer.l1l2(l1: 1, l2: 0.5).penalty(of: value) == 13)
        #expect(Regularizer.l1l2(l1: 1, l2: 0.5).gradient(at: value) == [[2, -3], [0, 4]])
        #expect(Regularizer.l1 == .l1(0.01) && Regularizer.l2 == .l2(0.01) && Regularizer.l1 != .l2)
    }

    @Test(
        "Files keep them; missing arguments are 0",
        arguments: [.l1, .l2(0.3), .l1l2(l1: 1, l2: 2)] as [Regularizer])
    func coding(_ regularizer: Regularizer) throws {
        let data = try JSONEncoder().encode(regularizer)
        #expect(try JSONDecoder().decode(Regularizer.self, from: data) == regularizer)
        for json in [#"{"type":"L1L2"}"#, #"{"type":"L1L2","configuration":{}}"#] {
            #expect(try JSONDecoder().decode(Regularizer.self, from: Data(json.utf8)) == .l1l2())
        }
    }

    @Test("Factors that are none are a problem", arguments: [-1, .nan, .infinity] as [Float])
    func impossible(_ factor: Float) {
        #expect(Regularizer.l1(factor).problem(for: [2]) != nil)
        #expect(Regularizer.l2(factor).problem(for: [2]) != nil)
        #expect(Regularizer.l2.problem(for: [2]) == nil)
    }
}
