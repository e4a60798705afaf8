// The binary format of CIFAR-10 and CIFAR-100: records of fixed size, without a header.
//
//     CIFAR-10:   label          (1 byte)    then 3072 pixels: a red, a green and a blue plane of 32 × 32
//     CIFAR-100:  coarse, fine   (2 bytes)   then the same
//
// Source: A. Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html, section "Binary version".

import Cognitron

/// The record layout of a CIFAR file.
struct CIFARRecords {
    /// Number of label bytes before the pixels.
    let labelBytes: Int
    /// Index of the label among them.
    let labelAt: Int
    let classNames: [String]

    private static let side = 32
    private static let plane = side * side
    private static let pixelBytes = 3 * plane

    private var size: Int { labelBytes + Self.pixelBytes }

    /// Concatenates the files' records. Checks each file's layout: whole records, labels in range.
    func labelledImages(_ files: [(path: String, bytes: [UInt8])], name: String) throws -> LabelledImages {
        var labels: [UInt8] = []
        for file in files {
            try checkSize(file.bytes, file.path)
            let fileLabels = stride(from: labelAt, to: file.bytes.count, by: size).map { file.bytes[$0] }
            try ClassLabels.check(fileLabels, in: classNames.count, path: file.path)
            labels += fileLabels
        }
        let pixelCount = labels.count * Self.pixelBytes
        let pixels = [UInt8](unsafeUninitializedCapacity: pixelCount) { target, initialized in
            for file in files {
                file.bytes.withUnsafeBufferPointer { initialized += interleave($0, target, at: initialized) }
            }
        }
        let images = Images(unchecked: pixels, shape: [labels.count, Self.side, Self.side, 3])
        return LabelledImages(unchecked: images, Tensor(labels), classNames, name)
    }

    private func checkSize(_ bytes: [UInt8], _ path: String) throws {
        guard !bytes.isEmpty, bytes.count % size == 0 else {
            throw CognitronError(
                .file, path, "it does not consist of whole records", expected: "a multiple of \(size) bytes",
                got: "\(bytes.count)", advice: Archive.damagedAdvice)
        }
    }

    /// Transposes the records' pixels from planes (C, H, W) to (H, W, C); returns the number of bytes written
    /// from `at` on.
    private func interleave(
        _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>, at: Int
    ) -> Int {
        guard let x = source.baseAddress, let y = target.baseAddress else { return 0 }
        let records = source.count / size
        for record in 0..<records {
            let planes = x + record * size + labelBytes
            let pixels = y + at + record * Self.pixelBytes
            for i in 0..<Self.plane {
                pixels[3 * i] = planes[i]
                pixels[3 * i + 1] = planes[Self.plane + i]
                pixels[3 * i + 2] = planes[2 * Self.plane + i]
            }
        }
        return records * Self.pixelBytes
    }
}
