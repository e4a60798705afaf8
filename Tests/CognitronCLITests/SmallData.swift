import Foundation

/// A data set in MNIST's form that trains in no time: each class is a bright stripe at a height of its own.
enum SmallData {
    static let trainCount = 40
    static let testCount = 20

    static func writeMNIST(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, count) in [("train", trainCount), ("t10k", testCount)] {
            let pictures = (0..<count).flatMap { picture($0) }
            try write(idx([count, 28, 28], pictures), "\(folder)/\(name)-images-idx3-ubyte")
            try write(idx([count], (0..<count).map { UInt8($0 % 10) }), "\(folder)/\(name)-labels-idx1-ubyte")
        }
    }

    /// 28 × 28 pixels; the background tells the pictures of a class apart.
    private static func picture(_ index: Int) -> [UInt8] {
        var pixels = [UInt8](repeating: UInt8(index), count: 28 * 28)
        let stripe = 28 * 2 * (2 + index % 10)
        for pixel in stripe..<stripe + 2 * 28 { pixels[pixel] = 255 }
        return pixels
    }

    /// Zero, type, rank, the sizes as big-endian numbers, the elements.
    private static func idx(_ sizes: [Int], _ elements: [UInt8]) -> Data {
        let sizeBytes = sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 255) } }
        return Data([0, 0, 8, UInt8(sizes.count)] + sizeBytes + elements)
    }

    private static func write(_ data: Data, _ path: String) throws {
        try data.write(to: URL(fileURLWithPath: path))
    }
}
