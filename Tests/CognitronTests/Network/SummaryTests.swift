import Foundation
import Testing

@testable import Cognitron

@Suite("The summary of a model")
struct SummaryTests {
    #if compiler(>=6.2)
        @Test("It is printed whole, and a closed pipe does not end the program")
        func printing() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                let model = Sequential([Input(4), Dense(3)], name: "small")
                model.summary()
                let original = dup(STDOUT_FILENO)
                var ends: [Int32] = [0, 0]
                try #require(pipe(&ends) == 0)
                close(ends[0])
                signal(SIGPIPE, SIG_DFL)
                try #require(dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO)
                model.summary()
                fflush(nil)
                try #require(dup2(original, STDOUT_FILENO) == STDOUT_FILENO)
            }
            let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
            let expected = Sequential([Input(4), Dense(3)], name: "small").summaryText
            #expect(expected.contains("Parameters: 15 (15 trainable, 0 not)"))
            #expect(text.contains(expected + "\n"), "\(text)")
        }
    #endif
}
