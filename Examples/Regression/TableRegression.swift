import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots
import Foundation

extension Experiment {
    /// House prices in Boston and the progression of diabetes, predicted by their mean, a linear model and a
    /// multilayer perceptron that standardises inputs and targets itself.
    ///
    /// Every row is predicted by models of other rows: cross-validation, with the same folds for all.
    public static let tableRegression = Experiment(
        "table-regression", "a perceptron beside a linear model on tables of numbers"
    ) { settings in
        let tables = settings.pick(
            full: [("boston", ShippedTable.boston), ("diabetes", .diabetes)],
            small: [("boston", ShippedTable.boston)])
        var findings = Findings([])
        for (name, source) in tables {
            let data = try RegressionTable(source.table())
            let folds = try Folds(settings.pick(full: 10, small: 3), count: data.y.count, seed: settings.seed)
            let predictions = try RegressionModel.allCases.map { kind in
                settings.report("\(name): \(kind.rawValue)")
                return (kind, try data.crossValidated(folds) { try kind.prediction($0, $1, settings) })
            }
            var table = FindingsTable(
                "\(name), \(folds.count) folds", columns: ["R²", "mean absolute error", "mean squared error"])
            for (kind, values) in predictions { table.add(kind.rawValue, data.scores(values)) }
            findings.tables.append(table)
            findings.plots["table-regression-\(name)"] = plot(name, data, predictions)
        }
        return findings
    }

    private static func plot(
        _ name: String, _ data: RegressionTable, _ predictions: [(RegressionModel, Tensor)]
    ) -> Plot {
        let truth = data.y.scalars.map(Double.init)
        let ends = [truth.min() ?? 0, truth.max() ?? 1].map { ($0, $0) }
        let charts = predictions.map { kind, values in
            Chart(
                kind.rawValue, x: Chart.Axis("true value"), y: Chart.Axis("prediction"),
                series: [
                    Chart.Series("", ends),
                    Chart.Series(
                        "", Array(zip(truth, values.scalars.map(Double.init))), style: .points, color: 1),
                ])
        }
        return Plot(
            "Predictions of rows that a model was not trained on: \(name)",
            subtitle: "the line: prediction and truth agree", grid: [charts], width: 300, height: 220)
    }
}

/// A way to predict a number from the columns of a table.
private enum RegressionModel: String, CaseIterable {
    case mean, linear, perceptron

    /// The predictions of rows `x` (N, C) after learning from others, shape (N, 1).
    func prediction(
        _ train: RegressionTable, _ x: Tensor, _ settings: ExperimentSettings
    ) throws -> Tensor {
        switch self {
        case .mean: return Tensor(repeating: train.y.mean(), shape: [x.shape[0], 1])
        case .linear:
            // With zero mean and unit variance, the least squares are well conditioned in single precision.
            let (mean, deviation) = (train.x.mean(axis: 0), train.x.standardDeviation(axis: 0))
            func columns(_ x: Tensor) -> Tensor {
                .concatenated([Tensor(repeating: 1, shape: [x.shape[0], 1]), (x - mean) / deviation])
            }
            return columns(x).matmul(columns(train.x).leastSquares(train.y))
        case .perceptron:
            let model = try mlp(inputShape: train.x.shape.sample, task: .regression(targetNames: ["y"]))
            try model.compile(
                optimizer: AdamW(learningRate: 0.002, weightDecay: 1), loss: .meanSquaredError,
                seed: settings.seed)
            let source = SampleSource(train.x, train.y)
            try model.adaptNormalization(to: source)
            try model.fit(source, epochs: 40, verbose: .silent)
            return try model.predict(x)
        }
    }
}

/// The columns of a table as numbers, the last of which is to be predicted.
private struct RegressionTable {
    /// (N, C)
    let x: Tensor
    /// (N, 1)
    let y: Tensor

    init(_ table: Table) {
        let columns = table.columns.compactMap(\.numbers).map { Tensor($0.map { Float($0) }) }
        let last = columns[columns.count - 1].reshaped([table.rowCount, 1])
        self.init(.stacked(Array(columns.dropLast()), axis: 1), last)
    }

    private init(_ x: Tensor, _ y: Tensor) { (self.x, self.y) = (x, y) }

    /// Each row's prediction by a model of the folds that it is not in, shape (N, 1).
    func crossValidated(
        _ folds: Folds, _ predict: (_ train: RegressionTable, _ x: Tensor) throws -> Tensor
    ) throws -> Tensor {
        var values = [Float](repeating: 0, count: y.count)
        for fold in folds {
            let train = RegressionTable(x.batch(fold.train), y.batch(fold.train))
            let predicted = try predict(train, x.batch(fold.test)).scalars
            for (row, value) in zip(fold.test, predicted) { values[row] = value }
        }
        return Tensor(values, shape: y.shape)
    }

    /// R², mean absolute and mean squared error of predictions.
    func scores(_ predictions: Tensor) -> [Double] {
        let error = predictions.squaredError(from: y)
        let spread = Tensor(repeating: y.mean(), shape: y.shape).squaredError(from: y)
        return [1 - error / spread, Double((predictions - y).map(abs).mean()), error]
    }
}
