#!/usr/bin/env python3
"""Makes the tables in Sources/CognitronData/Resources from scikit-learn 1.0.2's wheel.

    pip download --no-deps --python-version 3.9 --platform manylinux2014_x86_64 --only-binary=:all: scikit-learn==1.0.2
    Scripts/make-datasets.py scikit_learn-1.0.2-*.whl

Each becomes CSV with a line of names, the target last, classes by name; gzip without a time, so that the
files have the same bytes wherever they are made. Numbers are unchanged.
"""

import csv
import gzip
import io
import pathlib
import sys
import zipfile

FOLDER = pathlib.Path(__file__).parent.parent / "Sources/CognitronData/Resources"
DATA = "sklearn/datasets/data/"

BREAST = [
    f"{statistic}{feature}".strip() if statistic != "error" else f"{feature}_error"
    for statistic in ["mean_", "error", "worst_"]
    for feature in ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
                    "concave_points", "symmetry", "fractal_dimension"]
]
WINE = ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
        "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
        "od280/od315_of_diluted_wines", "proline"]
IRIS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
DIABETES = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]


def main(wheel):
    files = zipfile.ZipFile(wheel)

    def rows(name):
        return list(csv.reader(io.StringIO(files.read(DATA + name).decode())))

    def classes(name, columns):
        first, *rest = rows(name)
        return [columns + ["class"]] + [row[:-1] + [first[2:][int(row[-1])]] for row in rest]

    def numbers(name):
        """The numbers of a .csv.gz, as short as they are exact."""
        lines = gzip.decompress(files.read(DATA + name)).decode().replace(",", " ").splitlines()
        return [["%.15g" % float(x) if float("%.15g" % float(x)) == float(x) else repr(float(x))
                 for x in line.split()] for line in lines]

    write("boston", rows("boston_house_prices.csv")[1:])
    write("breast-cancer", classes("breast_cancer.csv", BREAST))
    write("wine", classes("wine_data.csv", WINE))
    write("iris", classes("iris.csv", IRIS))
    targets = numbers("diabetes_target.csv.gz")
    write("diabetes", [DIABETES + ["progression"]]
          + [x + y for x, y in zip(numbers("diabetes_data.csv.gz"), targets)])
    write("digits", numbers("digits.csv.gz"))


def write(name, rows):
    text = "".join(",".join(row) + "\n" for row in rows)
    (FOLDER / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
