import Cognitron
import CognitronData

extension Plot {
    /// Pictures that a generator makes of the noise of a seed. Of a conditional generator each row is a
    /// class, and each column the same noise.
    ///
    /// - Parameters:
    ///   - classNames: titles of the rows, where there are as many as classes.
    ///   - columns: the pictures of a row.
    ///   - rows: of a generator without classes.
    /// - Throws: `CognitronError` where the samples are no pictures.
    public static func generated(
        by generator: SampleGenerator, classNames: [String] = [], columns: Int = 10, rows: Int = 8,
        seed: UInt64 = 1, title: String = "Generated pictures"
    ) throws -> Plot {
        try generator.requirePictures()
        func cells(_ samples: Tensor) -> [PictureSheet.Cell] {
            (0..<samples.shape[0]).map { .init(Picture(samples[$0])) }
        }
        let noise = generator.noise(generator.classCount == nil ? rows * columns : columns, seed: seed)
        var sections = [PictureSheet.Section("", [], columns: columns)]
        if let classCount = generator.classCount {
            let names = classNames.count == classCount ? classNames : (0..<classCount).map { "class \($0)" }
            sections = try names.enumerated().map { number, name in
                let classes = Array(repeating: number, count: columns)
                return .init(name, cells(try generator.samples(noise, classes: classes)), columns: columns)
            }
        } else {
            sections[0].cells = cells(try generator.samples(noise))
        }
        let count = sections.reduce(0) { $0 + $1.cells.count }
        return try PictureSheet(
            title, subtitle: "\(count) pictures, noise of seed \(seed)", sections: sections, side: 52
        ).plot()
    }
}
