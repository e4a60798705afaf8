/// The training or the test part of a data set: `Dataset.Split`.
public enum DatasetSplit: String, CaseIterable, Sendable {
    case train, test
}
