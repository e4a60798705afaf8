/// A function that a generated file may need.
enum SwiftFunction: String, CaseIterable {
    case dense, convolved, maximumPooled, averagePooled, channelMeans, channelMaxima, scaled, added, joined,
        padded, rectified, sigmoid, hyperbolic, softmax

    var code: String {
        switch self {
        case .dense:
            """
            /// Rows of `count` numbers times a matrix (count, units).
            private func dense(_ x: [Float], _ w: [Float], _ count: Int, _ units: Int, kernel: Int, bias: Int?) -> [Float] {
                var y = [Float](repeating: 0, count: x.count / count * units)
                for row in 0..<x.count / count {
                    for o in 0..<units { y[row * units + o] = bias.map { w[$0 + o] } ?? 0 }
                    for i in 0..<count {
                        let value = x[row * count + i]
                        for o in 0..<units { y[row * units + o] += value * w[kernel + i * units + o] }
                    }
                }
                return y
            }

            """
        case .convolved:
            """
            /// An image (h, w, c) convolved with kernels (kh, kw, c / groups, filters).
            private func convolved(
                _ x: [Float], _ w: [Float], _ image: (h: Int, w: Int, c: Int), kernel: Int, bias: Int?, size: (Int, Int),
                filters: Int, strides: (Int, Int), dilation: (Int, Int), margins: (Int, Int), output: (Int, Int), groups: Int
            ) -> [Float] {
                var y = [Float](repeating: 0, count: output.0 * output.1 * filters)
                let (inputs, outputs) = (image.c / groups, filters / groups)
                for i in 0..<output.0 {
                    for j in 0..<output.1 {
                        let place = (i * output.1 + j) * filters
                        for o in 0..<filters { y[place + o] = bias.map { w[$0 + o] } ?? 0 }
                        for a in 0..<size.0 {
                            let row = i * strides.0 + a * dilation.0 - margins.0
                            guard row >= 0, row < image.h else { continue }
                            for b in 0..<size.1 {
                                let column = j * strides.1 + b * dilation.1 - margins.1
                                guard column >= 0, column < image.w else { continue }
                                for g in 0..<groups {
                                    for c in 0..<inputs {
                                        let value = x[(row * image.w + column) * image.c + g * inputs + c]
                                        let k = kernel + ((a * size.1 + b) * inputs + c) * filters + g * outputs
                                        for o in 0..<outputs { y[place + g * outputs + o] += value * w[k + o] }
                                    }
                                }
                            }
                        }
                    }
                }
                return y
            }

            """
        case .maximumPooled:
            Self.pooling("maximumPooled", start: "-Float.infinity", step: "max(sum, value)", end: "sum")
        case .averagePooled:
            Self.pooling("averagePooled", start: "0", step: "sum + value", end: "sum / Float(count)")
        case .channelMeans:
            """
            private func channelMeans(_ x: [Float], _ channels: Int) -> [Float] {
                var y = [Float](repeating: 0, count: channels)
                for i in x.indices { y[i % channels] += x[i] }
                return y.map { $0 / Float(x.count / channels) }
            }

            """
        case .channelMaxima:
            """
            private func channelMaxima(_ x: [Float], _ channels: Int) -> [Float] {
                var y = [Float](repeating: -.infinity, count: channels)
                for i in x.indices { y[i % channels] = max(y[i % channels], x[i]) }
                return y
            }

            """
        case .scaled:
            """
            /// x · scale + shift, for each channel.
            private func scaled(_ x: [Float], _ w: [Float], _ channels: Int, scale: Int, shift: Int) -> [Float] {
                x.indices.map { x[$0] * w[scale + $0 % channels] + w[shift + $0 % channels] }
            }

            """
        case .added:
            """
            private func added(_ x: [Float], _ y: [Float]) -> [Float] { zip(x, y).map { $0 + $1 } }

            """
        case .joined:
            """
            /// Channels side by side.
            private func joined(_ x: [([Float], Int)]) -> [Float] {
                let rows = x[0].0.count / x[0].1
                return (0..<rows).flatMap { row in x.flatMap { $0.0[row * $0.1..<(row + 1) * $0.1] } }
            }

            """
        case .padded:
            """
            /// Zeros around an image.
            private func padded(
                _ x: [Float], _ image: (h: Int, w: Int, c: Int), rows: (Int, Int), columns: (Int, Int)
            ) -> [Float] {
                let width = columns.0 + image.w + columns.1
                var y = [Float](repeating: 0, count: (rows.0 + image.h + rows.1) * width * image.c)
                for i in 0..<image.h {
                    for j in 0..<image.w * image.c {
                        y[((i + rows.0) * width + columns.0) * image.c + j] = x[i * image.w * image.c + j]
                    }
                }
                return y
            }

            """
        case .rectified:
            """
            private func rectified(_ x: [Float]) -> [Float] { x.map { max($0, 0) } }

            """
        case .sigmoid:
            """
            private func sigmoid(_ x: [Float]) -> [Float] { x.map { 1 / (1 + exp(-$0)) } }

            """
        case .hyperbolic:
            """
            private func hyperbolic(_ x: [Float]) -> [Float] { x.map { tanh($0) } }

            """
        case .softmax:
            """
            private func softmax(_ x: [Float], _ classes: Int) -> [Float] {
                stride(from: 0, to: x.count, by: classes).flatMap { start -> [Float] in
                    let row = x[start..<start + classes]
                    let powers = row.map { exp($0 - (row.max() ?? 0)) }
                    let sum = powers.reduce(0, +)
                    return powers.map { $0 / sum }
                }
            }

            """
        }
    }

    private static func pooling(_ name: String, start: String, step: String, end: String) -> String {
        """
        private func \(name)(
            _ x: [Float], _ image: (h: Int, w: Int, c: Int), size: (Int, Int), strides: (Int, Int), margins: (Int, Int),
            output: (Int, Int)
        ) -> [Float] {
            var y = [Float](repeating: 0, count: output.0 * output.1 * image.c)
            for i in 0..<output.0 {
                for j in 0..<output.1 {
                    for c in 0..<image.c {
                        var (sum, count): (Float, Int) = (\(start), 0)
                        for a in 0..<size.0 {
                            for b in 0..<size.1 {
                                let (row, column) = (i * strides.0 + a - margins.0, j * strides.1 + b - margins.1)
                                guard row >= 0, row < image.h, column >= 0, column < image.w else { continue }
                                let value = x[(row * image.w + column) * image.c + c]
                                sum = \(step)
                                count += 1
                            }
                        }
                        y[(i * output.1 + j) * image.c + c] = count > 0 ? \(end) : 0
                    }
                }
            }
            return y
        }

        """
    }
}
