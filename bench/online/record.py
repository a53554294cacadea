"""Records what Vowpal Wabbit answers to the cases of a folder, in place.

    pip install vowpalwabbit==9.11.9
    python3 bench/online/record.py online/vw/testdata

A case is a file NAME.json with "data" (a file in the folder's data/) and "args", perhaps "raw" (record -r too), and perhaps "first": runs
before it, each with its data and args, whose model the next one reads with -i. Recorded into it are "average_loss" as printed, "holdout"
(printed with an h), "end" (the other lines at the end), "table" (the lines of the table) and "vw", the version; predictions go to
NAME.pred, all passes, and raw ones to NAME.raw. A run with a cache or with several passes gets `-k --cache_file c` besides.
Vowpal Wabbit gives the same bytes each time: recording again changes nothing.
"""
import argparse
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

COLUMN = r"\s+(\S+)"
TABLE = re.compile(rf"^\s*(\S+)\s+(\S+)\s+(\d+){COLUMN * 4}(\s+h)?\s*$")
END = re.compile(r"^([a-zA-Z][a-zA-Z' ]*) = (.*)$")


def cached(args):
    """The arguments that a run with a cache gets besides."""
    return ["-k", "--cache_file", "c"] if re.search(r"(^| )(-c|--cache)( |$)|--passes (?!1\b)", args) else []


def run(vw, step, folder, extra):
    """Runs one step in a folder that holds its data; returns what it printed to standard error."""
    words = ["-d", step["data"]] + shlex.split(step["args"]) + cached(step["args"]) + extra
    done = subprocess.run(vw + words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"record: {shlex.join(words)}: {done.stderr.decode()}")
    return done.stderr.decode()


def parse(err):
    """The table of progress and the lines after `finished run`."""
    progress, _, summary = err.partition("finished run")
    table = [" ".join(line.split()) for line in progress.splitlines() if TABLE.match(line) and not line.startswith("loss")]
    return table, dict(m.groups() for m in map(END.match, summary.splitlines()) if m)


def record(vw, version, path):
    case = json.loads(path.read_text())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for step in case.get("first", []) + [case]:
            shutil.copy(path.parent / "data" / step["data"], folder)
        model = []
        for i, step in enumerate(case.get("first", [])):
            run(vw, step, folder, model + ["-f", f"model{i}"])
            model = ["-i", f"model{i}"]
        raw = ["-r", "raw"] if case.get("raw") else []
        table, end = parse(run(vw, case, folder, model + ["-p", "pred"] + raw))
        shutil.copy(folder / "pred", path.with_suffix(".pred"))
        if raw:
            shutil.copy(folder / "raw", path.with_suffix(".raw"))
    loss = end.pop("average loss")
    case |= {"average_loss": loss.removesuffix(" h"), "holdout": loss.endswith(" h"), "end": end, "table": table, "vw": version}
    path.write_text(json.dumps(case, indent=1) + "\n")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", type=pathlib.Path, help="the folder with the cases")
    p.add_argument("--vw", default=f"{sys.executable} -m vowpalwabbit", help="the command that runs Vowpal Wabbit")
    p.add_argument("--only", default="", help="record only the cases whose names match")
    a = p.parse_args()
    vw = shlex.split(a.vw)
    version = subprocess.run(vw + ["--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    paths = [path for path in sorted(a.folder.glob("*.json")) if re.search(a.only, path.stem)]
    for path in paths:
        record(vw, version, path)
    print(f"{len(paths)} cases recorded with Vowpal Wabbit {version}")


if __name__ == "__main__":
    main()
