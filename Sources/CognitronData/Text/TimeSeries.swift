import Cognitron

/// Time series with classes, of a .ts file: lines `@key value`, then after `@data` a line for each sample,
/// its channels and class separated by `:`, the numbers of a channel by `,`.
///
/// - Source: https://www.sktime.net, "Loading from the .ts format".
public struct TimeSeries: Sendable {
    /// One sample: for each channel its numbers, all of the same length.
    public let samples: [[[Float]]]
    public let labels: [Int]
    public let classNames: [String]

    public var channelCount: Int { samples.first?.count ?? 0 }

    /// Reads the bytes of a file. Takes at most 32 times their size.
    ///
    /// - Throws: `CognitronError.file` with the line.
    public init(_ bytes: [UInt8], path: String) throws {
        var classNames: [String] = []
        var samples: [[[Float]]] = []
        var labels: [Int] = []
        var isData = false
        for (number, line) in try TextLines(bytes, path: path).enumerated() {
            let place = "\(path), line \(number + 1)"
            let words = isData ? [] : line.lowercased().split(separator: " ")
            if isData, !line.isEmpty {
                var channels = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                guard let label = classNames.firstIndex(of: channels.removeLast().trimmed) else {
                    throw CognitronError(
                        .file, place, "the class is unknown",
                        expected: "one of \(classNames.joined(separator: ", "))")
                }
                labels.append(label)
                samples.append(try Self.sample(channels, samples.first?.count, place))
            } else if words.first == "@data" {
                isData = true
            } else if words.first == "@classlabel", words.dropFirst().first == "true" {
                classNames = line.split(separator: " ").dropFirst(2).map(String.init)
            }
        }
        guard !samples.isEmpty else {
            throw CognitronError(
                .file, path, "the file has no series", expected: "lines after @data, and @classLabel true …",
                advice: Archive.damagedAdvice)
        }
        (self.samples, self.labels, self.classNames) = (samples, labels, classNames)
    }

    private static func sample(_ channels: [String], _ count: Int?, _ place: String) throws -> [[Float]] {
        let numbers = try channels.map { channel in
            try channel.split(separator: ",").map { text -> Float in
                guard let number = Float(text.trimmed), number.isFinite else {
                    throw CognitronError(
                        .file, place, "this is no number", expected: "a number", got: "\"\(text.prefix(40))\""
                    )
                }
                return number
            }
        }
        let length = numbers.first?.count ?? 0
        guard length > 0, numbers.allSatisfy({ $0.count == length }), numbers.count == count ?? numbers.count
        else {
            throw CognitronError(
                .file, place, "the channels differ in length or number",
                expected: "\(count ?? numbers.count) channels of \(length) numbers",
                got: numbers.map { "\($0.count)" }.joined(separator: ", "))
        }
        return numbers
    }

    /// The samples as `(N, steps, channels)`, filled with zeros or cut at the end.
    public func padded(to steps: Int) -> Tensor {
        let numbers = samples.flatMap { sample in
            (0..<steps).flatMap { step in
                sample.map { channel in step < channel.count ? channel[step] : 0 }
            }
        }
        return Tensor(numbers, shape: [samples.count, steps, channelCount])
    }
}
