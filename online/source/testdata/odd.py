# Writes odd.golden: what the package vowpalwabbit (9.11.9) reads of odd.vw.
#   python odd.py < odd.vw > odd.golden
import sys

import pylibvw
import vowpalwabbit

vw = vowpalwabbit.Workspace("--quiet --noconstant -b 29 -t")
example = pylibvw.example
for line in sys.stdin.buffer.read().removesuffix(b"\n").split(b"\n"):
    text = line.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\r").decode()
    x = example(vw, 1, text)
    label = x.get_simplelabel_label()
    words = [
        "none" if label > 3.4e38 else "%.9g" % label,
        "%.9g" % x.get_simplelabel_weight(),
        "%.9g" % x.get_simplelabel_initial(),
        x.get_tag() or "-",
    ]
    for i in range(example.num_namespaces(x)):
        name = example.namespace(x, i)
        for j in range(example.num_features_in(x, name)):
            hash, value = example.feature(x, name, j), example.feature_weight(x, name, j)
            words.append("%d:%d:%.9g" % (name, hash & (1 << 29) - 1, value))
    print(*words)
