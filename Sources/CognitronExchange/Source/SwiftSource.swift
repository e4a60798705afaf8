import Cognitron
import Foundation

/// A network as one Swift file that needs no package, and its weights.
///
/// The file has a type with `init(weights:)`, `predict(_:)` for one sample and `selfTest()`, which compares the
/// prediction for a stored sample with that of the model it was made from.
struct SwiftSource {
    /// What the functions of the generated file are called for.
    let typeName: String
    private(set) var numbers: [Float] = []
    private var lines: [String] = []
    private var functions: Set<SwiftFunction> = []

    init(typeName: String) { self.typeName = typeName }

    /// Appends numbers to the weights; returns the place of the first.
    mutating func place(of tensor: Tensor) -> Int {
        defer { numbers += tensor.scalars }
        return numbers.count
    }

    /// Appends the statement that computes a value.
    mutating func compute(_ value: String, _ function: SwiftFunction, _ arguments: String) {
        functions.insert(function)
        lines.append("let \(value) = \(function.rawValue)(\(arguments))")
    }

    mutating func compute(_ value: String, _ expression: String) {
        lines.append("let \(value) = \(expression)")
    }

    /// The file's text.
    func text(input: Shape, output: Shape, result: String, classNames: [String], origin: String) -> String {
        let names = classNames.isEmpty ? "" : "\n    public static let classNames = \(classNames)\n"
        let needed = SwiftFunction.allCases.filter(functions.contains)
        return """
            // Made by `cognitron export --swift` from \(origin). Needs no package.
            //
            //     let network = try \(typeName)(weights: "\(typeName).weights")
            //     let output = network.predict(pixels)          // \(input) → \(output)
            //
            // Its self-test: swiftc -O -parse-as-library -D SELF_TEST FILE.swift -o test && ./test FILE.weights

            import Foundation

            public struct \(typeName) {
                /// The shapes of a sample, row-major with the channels last, and of the prediction.
                public static let inputShape = \(Array(input))
                public static let outputShape = \(Array(output))
            \(names)
                private let w: [Float]
                private static let weightCount = \(numbers.count)

                /// Reads the weights: 32-bit floats, little-endian, and behind them a sample and its prediction.
                public init(weights path: String) throws {
                    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                    let count = Self.weightCount + \(input.elementCount + output.elementCount)
                    guard bytes.count == 4 * count else {
                        throw CocoaError(.fileReadCorruptFile, userInfo: [
                            NSFilePathErrorKey: path,
                            NSLocalizedDescriptionKey: "expected \\(4 * count) bytes, got \\(bytes.count)",
                        ])
                    }
                    w = bytes.withUnsafeBytes { raw in
                        (0..<count).map {
                            Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
                        }
                    }
                }

                /// The prediction for one sample.
                public func predict(_ input: [Float]) -> [Float] {
                    precondition(input.count == \(input.elementCount), "expected \(input.elementCount) numbers, got \\(input.count)")
            \(lines.map { "        \($0)" }.joined(separator: "\n"))
                    return \(result)
                }

                /// The largest difference from the prediction that the model made.
                public func selfTest() -> Float {
                    let sample = Array(w[Self.weightCount..<Self.weightCount + \(input.elementCount)])
                    return zip(predict(sample), w.suffix(\(output.elementCount))).map { abs($0 - $1) }.max() ?? 0
                }
            }

            #if SELF_TEST
                @main
                enum SelfTest {
                    static func main() throws {
                        let difference = try \(typeName)(weights: CommandLine.arguments[1]).selfTest()
                        print("largest difference: \\(difference)")
                        exit(difference <= 1e-4 ? 0 : 1)
                    }
                }
            #endif

            \(needed.map(\.code).joined(separator: "\n"))
            """
    }
}
