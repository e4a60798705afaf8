import Cognitron

/// The rule of 1980 by which S-cells organise themselves: of cells that see the same, the one that answers
/// most learns, and with it all cells of its plane.
///
/// An S-column holds the cells of all planes at `columnSize` × `columnSize` positions. The largest cell of
/// each column is a candidate, and of a plane's candidates the largest represents it. With n its position,
///
///     Δa[ν, κ, k] = q · c[ν] · x[n + ν, κ]
///     Δb[k]       = q / 2 · v[n]
///
/// - Source: Fukushima, "Neocognitron" (1980), with Δb for the form of the S-cell that has 2r/(1 + r).
struct WinnerTakeAll {
    let cells: SCellLayer
    /// q, the speed of learning.
    let speed: Float
    let columnSize: Int

    /// Gives the cells small random weights, by which planes differ from the start; the paper's have slight
    /// preferences of direction.
    ///
    /// - Parameter key: of the random numbers.
    init(_ cells: SCellLayer, channels: Int, speed: Float, columnSize: Int = 5, key: RandomKey) throws {
        (self.cells, self.speed, self.columnSize) = (cells, speed, columnSize)
        try cells.build(channels: channels)
        cells.a.value = Tensor.randomUniform(cells.a.shape, key: key) * Self.seen(cells, channels) * 0.01
    }

    /// Teaches the cells with one picture.
    ///
    /// - Parameter planes: (1, H, W, C), the answers of the layer before.
    func present(_ planes: Tensor) {
        let answers = cells.forward(planes, .inference).output[0]  // (H, W, K)
        let x = planes.bordered(cells.padding, cells.padding)
        for (plane, (row, column)) in representatives(answers) {
            let size = cells.kernelSize
            let patch = x.slice(axis: 1, row..<row + size).slice(axis: 2, column..<column + size)[0]
            let weighted = patch * Self.seen(cells, x.shape[3]).squeezing(3)  // c · x
            let strength = (patch * weighted).sum().squareRoot()  // v
            let own = Tensor((0..<cells.planes).map { $0 == plane ? 1 : 0 })
            cells.a.value += speed * (weighted.expandingDimensions(at: 3) * own)
            cells.b.value += speed / 2 * strength * own
        }
    }

    /// c, (kernelSize, kernelSize, 1, 1).
    private static func seen(_ cells: SCellLayer, _ channels: Int) -> Tensor {
        Tensor.cellWindow(cells.kernelSize, sigma: cells.sigma, channels: channels)
            .reshaped([cells.kernelSize, cells.kernelSize, 1, 1])
    }

    /// The planes that have a representative, with its position.
    ///
    /// - Parameter answers: (H, W, K)
    func representatives(_ answers: Tensor) -> [Int: (row: Int, column: Int)] {
        let (height, width) = (answers.shape[0], answers.shape[1])
        let (largest, winner) = (answers.max(axis: 2).scalars, answers.argmax(axis: 2).scalars)
        let reach = columnSize / 2
        var found: [Int: Int] = [:]
        for centre in 0..<height * width {
            let rows = max(0, centre / width - reach)...min(height - 1, centre / width + reach)
            let columns = max(0, centre % width - reach)...min(width - 1, centre % width + reach)
            let column = rows.flatMap { row in columns.map { row * width + $0 } }
            guard let place = column.max(by: { largest[$0] < largest[$1] }), largest[place] > 0 else {
                continue
            }
            let plane = Int(winner[place])
            if let other = found[plane], largest[other] >= largest[place] { continue }
            found[plane] = place
        }
        return found.mapValues { ($0 / width, $0 % width) }
    }
}
