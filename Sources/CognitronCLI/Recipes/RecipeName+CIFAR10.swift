extension RecipeName {
    /// 94 % on CIFAR-10 for 2.9·10¹⁴ floating-point operations.
    ///
    /// - Source: github.com/KellerJordan/cifar10-airbench, airbench94_muon.py.
    static let cifar10Fast = RecipeName(
        "cifar10-fast",
        [
            "model": "airbench94", "dataset": "cifar10", "epochs": "8", "batch-size": "2000",
            "optimizer": "airbench", "label-smoothing": "0.2", "augment": "flip,shift:2", "views": "6",
        ])
}
