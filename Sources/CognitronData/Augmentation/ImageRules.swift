import Cognitron

// Rules that change the pixels of one image.

struct Cutout: ImageRule {
    var size: Int

    func problem(for image: Shape) -> RuleProblem? {
        size.problem("size", in: 1...max(1, min(image[0], image[1])), image)
    }

    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        let top = Int.random(in: 0..<image.height, using: &draw.generator) - size / 2
        let left = Int.random(in: 0..<image.width, using: &draw.generator) - size / 2
        image.blacken(rows: top..<top + size, columns: left..<left + size)
    }
}
