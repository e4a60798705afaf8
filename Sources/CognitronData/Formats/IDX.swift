// The IDX format of MNIST and Fashion-MNIST: a big-endian header, then bytes.
//
//     0, 0, 8 (unsigned bytes), rank      4 bytes
//     size of each axis                   4 bytes each
//     the elements, row-major             1 byte each
//
// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".

import Cognitron

/// The contents of an IDX file of unsigned bytes.
struct IDX {
    let shape: Shape
    let elements: [UInt8]

    /// - Parameters:
    ///   - path: the file's name, for errors.
    ///   - rank: the required number of axes: 3 for images (N, H, W), 1 for labels.
    init(_ bytes: [UInt8], path: String, rank: Int) throws {
        let headerSize = 4 + 4 * rank
        guard bytes.count >= headerSize else {
            throw CognitronError(
                .file, path, "it is too short for an IDX file", expected: "a header of \(headerSize) bytes",
                got: "\(bytes.count) bytes", advice: Archive.damagedAdvice)
        }
        let magic: [UInt8] = [0, 0, 8, UInt8(rank)]
        guard bytes.starts(with: magic) else {
            throw CognitronError(
                .file, path, "this is not an IDX file of \(rank == 1 ? "labels" : "images")",
                expected: "the first bytes \(FileBytes.inWords(magic))", got: FileBytes.inWords(bytes[..<4]),
                advice: "check that images and labels are not mixed up, and that the file is unpacked")
        }
        shape = Shape(
            (1...rank).map { axis in bytes[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } })
        guard let count = shape.checkedElementCount, bytes.count - headerSize == count else {
            throw CognitronError(
                .file, path, "its size does not fit its header (\(shape))",
                expected: shape.checkedElementCount.map { "\($0) bytes after the header" }
                    ?? "a smaller header",
                got: "\(bytes.count - headerSize)", advice: Archive.damagedAdvice)
        }
        elements = Array(bytes[headerSize...])
    }
}

extension IDX {
    /// Combines an image file and a label file, both unpacked, into one part of a data set.
    static func labelledImages(
        _ imageFile: (path: String, bytes: [UInt8]), _ labelFile: (path: String, bytes: [UInt8]),
        classNames: [String], name: String
    ) throws -> LabelledImages {
        let images = try IDX(imageFile.bytes, path: imageFile.path, rank: 3)
        guard !images.elements.isEmpty else {
            throw CognitronError(
                .file, imageFile.path, "it holds no pixels", expected: "at least one image",
                got: "\(images.shape)", advice: Archive.damagedAdvice)
        }
        let labels = try IDX(labelFile.bytes, path: labelFile.path, rank: 1)
        guard labels.shape[0] == images.shape[0] else {
            throw CognitronError(
                .file, labelFile.path, "it does not belong to \(imageFile.path)",
                expected: "\(images.shape[0]) labels, as many as images", got: "\(labels.shape[0])",
                advice: "take both files from the same part of the data set")
        }
        try ClassLabels.check(labels.elements, in: classNames.count, path: labelFile.path)
        return LabelledImages(
            unchecked: Images(unchecked: images.elements, shape: Shape(images.shape + [1])),
            Tensor(labels.elements), classNames, name)
    }
}

enum ClassLabels {
    /// Throws where a label is not the index of one of `classes` classes.
    static func check(_ labels: [UInt8], in classes: Int, path: String) throws {
        guard let row = labels.firstIndex(where: { $0 >= classes }) else { return }
        throw CognitronError(
            .file, path, "label \(row) is not the number of a class", expected: "0 to \(classes - 1)",
            got: "\(labels[row])", advice: Archive.damagedAdvice)
    }
}
