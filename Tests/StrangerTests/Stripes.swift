import Cognitron
import CognitronData

extension Dataset {
    /// Grey stripes in three directions, at a random place and with noise: a data set that the program draws.
    static let stripes = Dataset(
        "stripes", "stripes in three directions", shape: [12, 12, 1],
        classNames: ["horizontal", "vertical", "diagonal"]
    ) { split, _ in
        let count = split == .train ? 240 : 60
        let key = RandomKey(seed: 1).folding(split.rawValue)
        var pixels: [UInt8] = []
        for sample in 0..<count {
            var generator = key.folding(sample).generator()
            let phase = Int.random(in: 0..<4, using: &generator)
            for y in 0..<12 {
                for x in 0..<12 {
                    let isBright = ([y, x, x + y][sample % 3] + phase) % 4 < 2
                    pixels.append((isBright ? 160 : 32) + UInt8.random(in: 0..<64, using: &generator))
                }
            }
        }
        return try LabelledImages(
            Images(pixels, shape: [count, 12, 12, 1]), labels: (0..<count).map { $0 % 3 },
            classNames: ["horizontal", "vertical", "diagonal"], name: "Stripes")
    }
}
