#!/usr/bin/env python3
"""Makes Tests/CognitronTextTests/Fixtures/bleu.json: what sacrebleu finds of small corpora.

Deterministic. Needs, in an environment outside the repository,

    pip install sacrebleu

The file in the repository was made with sacrebleu 2.6.0.
"""

import json
from pathlib import Path

from sacrebleu.metrics import BLEU

FIXTURE = Path(__file__).parent.parent / "Tests" / "CognitronTextTests" / "Fixtures" / "bleu.json"

CORPORA = {
    "one": (["the cat sat on the mat"], [["a cat sat on the mat"]]),
    "same": (["In the beginning God created the heaven and the earth."],) * 2,
    "short": (["the dog", "he went"], [["the dog ran away at once"], ["he went home"]]),
    "no pair": (["cat the a mat of"], [["of mat a the cat"]]),
    "nothing": (["one two three"], [["vier fünf sechs"]]),
    "empty": (["", "a b c d e"], [["an answer"], ["a b c d f"]]),
    "several": (
        ["It is a guide to action which ensures that the military always obeys the commands of the party.",
         "he read the book because he was interested in world history"],
        [["It is a guide to action that ensures that the military will forever heed Party commands.",
          "It is the guiding principle which guarantees the military forces always being under the command of the "
          "Party.",
          "It is the practical guide for the army always to heed the directions of the party."],
         ["he was interested in world history because he read the book", "he read the book"]],
    ),
    "marks": (
        ["He said: \"It's 3,141.59 (pi), isn't it?\" &amp; left...",
         "Well-known 10-20 e-mail@x.org; a/b [1] {2} 5% $6 ~7 ^8 _9 `0` <tag> \\ | ..,, 1.,2 .5 5.",
         "end-\nof a line\nand &lt;skipped&gt; <skipped>here &quot;so&quot;  ", "¿Qué? «sí» – no… 東京 naïve e\u0301t\u00e9"],
        [["He said, \"It's 3,141.59 (pi), is it not?\" & left."],
         ["Well-known 10 - 20 e-mail @ x.org ; a / b [1] {2} 5 % $ 6 ~7 ^8 _9 `0` <tag> \\ | .., 1.2 .5 5 ."],
         ["endof a line and <skipped> here \"so\""], ["¿Qué? «sí» – no … 東京 naïve \u00e9t\u00e9"]],
    ),
}


def scores(hypotheses, references):
    width = max(len(of_one) for of_one in references)
    streams = [[of_one[i] if i < len(of_one) else None for of_one in references] for i in range(width)]
    for tokenize in ["none", "13a"]:
        for smooth in ["none", "exp"]:
            found = BLEU(tokenize=tokenize, smooth_method=smooth).corpus_score(hypotheses, streams)
            yield {
                "tokenize": tokenize, "smooth": smooth, "score": found.score, "precisions": found.precisions,
                "bp": found.bp, "hypothesisLength": found.sys_len, "referenceLength": found.ref_len, "text": str(found),
            }


def main():
    corpora = []
    for name, (hypotheses, references) in CORPORA.items():
        references = [[one] if isinstance(one, str) else one for one in references]
        corpora.append({
            "name": name, "hypotheses": hypotheses, "references": references,
            "scores": list(scores(hypotheses, references)),
        })
    FIXTURE.write_text(json.dumps(corpora, indent=1, ensure_ascii=False) + "\n")
    print(f"{FIXTURE.name}: {len(corpora)} corpora, {FIXTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
